"""Teehaus' API as it is on a day, on this machine, for its pull to be tried.

Prints the secret of its pull, `mercado/teehaus`, and answers until it is interrupted.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from local.certificate import write_certificate
from local.generate.pulled import API, DAYS
from local.generate.teehaus import BASE, MOST, TOKEN, Teehaus
from local.serving import answering

HOST = "127.0.0.1"
STOPS = {signal.SIGINT, signal.SIGTERM}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.generate.serve", description=__doc__)
    parser.add_argument("folder", type=Path, help="that python -m local.generate wrote")
    parser.add_argument("--day", type=int, choices=DAYS, default=DAYS[0])
    parser.add_argument("--port", type=int, default=0, help="without this, a free one")
    parser.add_argument("--most", type=int, default=MOST, help="records on a page")
    options = parser.parse_args(arguments)
    try:
        shop = Teehaus.read(options.folder / API / str(options.day), options.most)
    except OSError as error:
        sys.stderr.write(f"{options.folder} is not what was made: {error}\n")
        return 1
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    with TemporaryDirectory() as folder:
        certificate = write_certificate(Path(folder))
        with answering(_Server(options.port, shop), certificate) as url:
            secret = {"token": TOKEN, "url": f"{url}{BASE}", "ca": certificate[0].read_text()}
            sys.stdout.write(f"{json.dumps(secret)}\n")
            sys.stdout.flush()
            signal.sigwait(STOPS)
    return 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, shop: Teehaus) -> None:
        super().__init__((HOST, port), _Handler)
        self.shop = shop


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query, who = dict(parse_qsl(parts.query)), self.headers.get("Authorization")
        status, said = self.server.shop.answer(parts.path, query, who)
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as its base has it
        """Says nothing."""


if __name__ == "__main__":
    sys.exit(main())
