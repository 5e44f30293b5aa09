"""The embedded PostgreSQL: started in a folder, reached by a socket, ended without leftovers."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pgserver.postgres_server
import psutil
import psycopg
from psycopg import sql

from local.warehouse.dialect import BYTES_CHECK
from local.warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "postgres"
STOP_WAIT_SECONDS = 10


class Postgres:
    """One PostgreSQL under `data`; databases compare text by its bytes, as Redshift does."""

    def __init__(self, data: Path) -> None:
        self.data = data / FOLDER
        self.data.parent.mkdir(parents=True, exist_ok=True)
        # Handles of a process that was killed would keep pgserver from ending the server.
        (self.data / ".handle_pids.json").unlink(missing_ok=True)
        self._server = pgserver.postgres_server.get_server(self.data, cleanup_mode=None)

    def create_database(self, name: str, template: str = "template0") -> None:
        """Creates it if there is none, as a copy of `template` (which nobody may be using)."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(
                    sql.SQL(
                        "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
                    ).format(sql.Identifier(name), sql.Identifier(template))
                )

    def connect(self, database: str) -> psycopg.Connection:
        """A session of its own, in UTC and in snapshot isolation, Redshift Serverless's default.

        Here as there the snapshot is taken by the first query, not by LOCK: a transaction that
        waits for a lock first sees what was committed while it waited.
        """
        try:
            connection = psycopg.connect(
                self._server.get_uri(database=database), options="-c TimeZone=UTC"
            )
        except psycopg.OperationalError as error:
            raise WarehouseError(f'FATAL: database "{database}" does not exist') from error
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return connection

    def stop(self) -> None:
        self._server.cleanup()
        stop_postgres(self.data)


def stop_postgres(data: Path) -> None:
    """Ends the PostgreSQL that runs in this folder, if one does, whoever started it."""
    with contextlib.suppress(FileNotFoundError, psutil.NoSuchProcess):
        process = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
        if "postgres" not in process.name() or str(data) not in " ".join(process.cmdline()):
            return
        process.send_signal(2)  # a fast shutdown: sessions are ended, data is written
        try:
            process.wait(STOP_WAIT_SECONDS)
        except psutil.TimeoutExpired:
            family = [*process.children(recursive=True), process]
            for each in family:
                each.kill()
            psutil.wait_procs(family, timeout=STOP_WAIT_SECONDS)


def redshift_message(error: psycopg.Error) -> str:
    """PostgreSQL's error as Redshift would put it."""
    constraint = error.diag.constraint_name or ""
    if isinstance(error, psycopg.errors.CheckViolation) and BYTES_CHECK in constraint:
        return "ERROR: Value too long for character type (VARCHAR counts bytes)"
    if isinstance(error, psycopg.errors.SerializationFailure):
        return "ERROR: 1023\n  Detail: Serializable isolation violation on a table in the warehouse"
    detail = f"\n  Detail: {error.diag.message_detail}" if error.diag.message_detail else ""
    return f"ERROR: {error.diag.message_primary or error}{detail}"
