"""The stand-in as a server: PostgreSQL, the statements over it, and HTTP on the loopback.

    with Warehouse(data, s3=client, workgroup="samns-mercado", database="mercado") as warehouse:
        boto3.client("redshift-data", endpoint_url=warehouse.url)

POST /_control orders failures for crash tests: {"fail_after": "COPY", "times": 1} fails the next
submission that runs a COPY, after it; {"drop_answer": "BatchExecuteStatement", "times": 1} does
what was asked and closes the connection unanswered.
"""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import psutil

from local.warehouse.postgres import FOLDER, Postgres, stop_postgres
from local.warehouse.protocol import ApiError, DataApi
from local.warehouse.statements import Statements

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

PID_FILE = "server.pid"
CONTENT_TYPE = "application/x-amz-json-1.1"
STOP_WAIT_SECONDS = 15


class Warehouse:
    """Started when made; `close` ends all of it. `port` 0 takes a free one."""

    def __init__(
        self, data: Path, *, s3: S3Client, workgroup: str, database: str, port: int = 0
    ) -> None:
        self.data = data
        self.workgroup = workgroup
        self.database = database
        self.postgres = Postgres(data)
        self.postgres.create_database(database)
        (data / PID_FILE).write_text(str(os.getpid()))
        self.statements = Statements(self.postgres, s3)
        self.api = DataApi(self.statements, workgroup)
        self._http = _Server(("127.0.0.1", port), _Handler)
        self._http.warehouse = self
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.05,), name="warehouse-http", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        self.statements.close()
        self.postgres.stop()
        (self.data / PID_FILE).unlink(missing_ok=True)


def stop(data: Path) -> None:
    """Ends what runs in this folder, server and PostgreSQL, also after the server was killed."""
    pid_file = data / PID_FILE
    if pid_file.exists():
        _terminate(int(pid_file.read_text()))
        pid_file.unlink(missing_ok=True)
    stop_postgres((data / FOLDER).resolve())


def _terminate(pid: int) -> None:
    """Only a process that is the stand-in: the number may be another's by now."""
    try:
        process = psutil.Process(pid)
        if "local.warehouse" not in process.cmdline():
            return
        process.terminate()
        process.wait(STOP_WAIT_SECONDS)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        process.kill()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    warehouse: Warehouse


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece: in two, the second waits 40 ms for the first's ACK

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request: dict[str, Any] = json.loads(body or b"{}")
        if self.path == "/_control":
            self._order_fault(request)
            return
        operation = self.headers.get("X-Amz-Target", "").removeprefix("RedshiftData.")
        try:
            status, answer = 200, self.server.warehouse.api.call(operation, request)
        except ApiError as error:
            status, answer = 400, error.body
        if self.server.warehouse.statements.faults.strike("drop_answer", operation):
            self.close_connection = True
            return
        self._answer(status, answer)

    def _order_fault(self, request: dict[str, Any]) -> None:
        times = int(request.get("times", 1))
        for kind in ("fail_after", "drop_answer"):
            if kind in request:
                self.server.warehouse.statements.faults.order(kind, request[kind], times)
        self._answer(200, {})

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Clients see every error; a line per poll would only hide what matters."""
