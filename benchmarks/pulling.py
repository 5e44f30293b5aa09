"""How fast a table is pulled, and in how much memory: `python -m benchmarks.pulling [rows]`.

An embedded PostgreSQL is filled with rows of about 100 bytes and pulled through the product's own
code, in a process of its own, whose peak is told. Without TLS, which that PostgreSQL was built
without, and without S3: objects are counted and dropped.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import socket
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.ingest.errors import RivalError
from lambdas.ingest.postgres import connection
from lambdas.ingest.postgres.address import Address
from lambdas.ingest.postgres.connection import Connection
from lambdas.ingest.postgres.passes import Passes
from lambdas.ingest.postgres.reading import TableRows
from lambdas.ingest.pulls import load
from lambdas.ingest.states import State
from lambdas.ingest.task import Task, Tools
from local.warehouse.postgres import Postgres

if TYPE_CHECKING:
    from lambdas.lake.objects import ObjectStore

ROWS = 5_000_000
MIB = 2**20
PULL = """
postgres:
  secret: none
  tables: {orders: {into: orders, key: id, mode: incremental, cursor: changed}}
"""
FILLED = """
CREATE TABLE orders AS
SELECT
    i::bigint AS id,
    '2026-01-01Z'::timestamptz + i / 3 * interval '1 ms' AS changed,
    (i % 100000) / 100.0 AS total,
    md5(i::text) AS reference,
    'customer ' || i % 977 AS customer
FROM generate_series(1, {rows}) AS i
"""


@dataclass
class Counted:
    """A lake that keeps nothing."""

    objects: int = 0
    packed: int = 0

    def put(self, _key: str, body: bytes, **_condition: Any) -> str:
        self.objects += 1
        self.packed += len(body)
        return ""


@dataclass
class OneState:
    found: State = field(default_factory=State)

    def read(self, _pull: str, _resource: str) -> State:
        return self.found

    def advance(self, _pull: str, resource: str, seen: State, said: dict[str, Any]) -> State:
        if seen.revision != self.found.revision:
            raise RivalError(resource)
        self.found = State(seen.revision + 1, said)
        return self.found


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="mercado-bench-") as folder:
        Path(folder).chmod(0o755)
        server = Postgres(Path(folder))
        try:
            fill(server, rows)
            told = multiprocessing.get_context("spawn").Pool(1).apply(pulled, [str(server.data)])
        finally:
            server.stop()
    sys.stdout.write(f"{json.dumps(told, indent=1)}\n")


def fill(server: Postgres, rows: int) -> None:
    server.create_database("bench")
    with server.connect("bench") as session:
        session.execute(FILLED.format(rows=rows).encode())
        session.execute("ALTER TABLE orders ADD PRIMARY KEY (id)")
        session.execute("ALTER TABLE orders ALTER changed SET NOT NULL")
        session.execute("CREATE INDEX ON orders (changed, id)")
        session.commit()
        session.autocommit = True
        session.execute("VACUUM ANALYZE orders")


def pulled(folder: str) -> dict[str, Any]:
    """Rows a second, and the most memory that this process has had, before and after, in MiB."""
    path = f"{folder}/.s.PGSQL.5432"

    def plain(_address: Address) -> socket.socket:
        found = socket.socket(socket.AF_UNIX)  # whatever the address
        found.connect(path)
        return found

    vars(connection)["_encrypted"] = plain  # in place of the one that speaks TLS
    address = Address("here", 0, "bench", "postgres", "")
    pull, lake = load(PULL, "bench"), Counted()
    table = pull.postgres.tables["orders"].named("orders") if pull.postgres else None
    assert table is not None  # noqa: S101  # of this file
    rows = TableRows(lambda: Connection(address), table, "bench", goes_by="changed")
    store: ObjectStore = lake  # type: ignore[assignment]  # all that a pass asks of it
    tools = Tools(store, OneState(), lambda name: name, lambda: False)
    before, began = peak(), time.monotonic()
    done = Passes(Task(pull, "orders", "bench", datetime.now(UTC)), tools, rows).work()
    seconds = time.monotonic() - began
    return {
        "rows": done.rows,
        "objects": lake.objects,
        "packed_mib": round(lake.packed / MIB),
        "seconds": round(seconds, 1),
        "rows_per_second": round(done.rows / seconds),
        "peak_mib_before": before,
        "peak_mib": peak(),
    }


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
