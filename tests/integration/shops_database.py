"""A shop's PostgreSQL behind TLS, as a pull meets it; a database of its own for each test."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from psycopg import sql

from lambdas.ingest.postgres.address import Address
from lambdas.ingest.postgres.connection import Connection
from lambdas.ingest.postgres.reading import TableRows
from lambdas.ingest.postgres.sheet import Limits
from lambdas.ingest.pulls import Table
from local.warehouse.postgres import Postgres
from tests.doors import HOST, Authority, Door
from tests.folders import postgres_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

READER, PASSWORD = "puller", 'it\'s "secret"'
ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, changed timestamptz NOT NULL, note text)"
FILLED = """
INSERT INTO orders
SELECT i, now() - interval '1 day' + i / 3 * interval '1 ms', 'order ' || i
FROM generate_series(1, %s) AS i
"""
HBA = "local all puller scram-sha-256\nlocal all all trust\n"


@dataclass
class Shop:
    """One database, and the door that a pull goes through; `run` is the shop's own session.

    `opened` are the connections of pulls, which end with the test.
    """

    server: Postgres
    name: str
    door: Door
    authority: Authority
    session: psycopg.Connection
    limits: Limits = field(default_factory=lambda: Limits(1000))
    opened: list[Connection] = field(default_factory=list)

    def run(self, query: str, *values: Any) -> None:
        """And commits."""
        self.session.execute(query, values)
        self.session.commit()

    def other_session(self) -> psycopg.Connection:
        return self.server.connect(self.name)

    def connect(self) -> Connection:
        self.opened.append(Connection(self.address()))
        return self.opened[-1]

    def address(self, **said: Any) -> Address:
        given = {"ca": self.authority.pem, "password": PASSWORD, "host": HOST, **said}
        return Address(**{"port": self.door.port, "database": self.name, "user": READER, **given})

    def secret(self) -> str:
        """As RDS writes it, with the certificate to trust."""
        said = {"host": HOST, "port": self.door.port, "dbname": self.name, "username": READER}
        return json.dumps({**said, "password": PASSWORD, "ca": self.authority.pem})

    def rows(self, table: str, by: str, **said: Any) -> TableRows:
        mode = {"mode": "incremental", "cursor": by, "key": "id", "into": "shop", **said}
        found = Table.model_validate(mode).named(table)
        return TableRows(
            self.connect,
            found,
            f"shop: postgres.tables.{table}",
            goes_by=by,
            limits=self.limits,
            pause=lambda _: None,
        )


@dataclass(frozen=True)
class ShopServer:
    postgres: Postgres
    authority: Authority
    folder: Path

    @property
    def socket(self) -> Path:
        return self.postgres.data / ".s.PGSQL.5432"


@pytest.fixture(scope="session")
def shop_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopServer]:
    with postgres_folder() as folder:
        postgres = Postgres(folder)
        try:
            (postgres.data / "pg_hba.conf").write_text(HBA)
            (postgres.data / "postgresql.auto.conf").write_text("fsync = off\n")
            with postgres.connect("postgres") as session:
                session.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(READER), sql.Literal(PASSWORD)
                    )
                )
                session.execute("SELECT pg_reload_conf()")
            yield ShopServer(postgres, Authority(), tmp_path_factory.mktemp("certificates"))
        finally:
            postgres.stop()


@pytest.fixture
def shop(shop_server: ShopServer) -> Iterator[Shop]:
    name = f"s{uuid.uuid4().hex[:12]}"
    server = shop_server.postgres
    server.create_database(name)
    door = Door(shop_server.socket, shop_server.authority.context(shop_server.folder))
    with server.connect(name) as session:
        session.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {}").format(
                sql.Identifier(READER)
            )
        )
        session.commit()
        found = Shop(server, name, door, shop_server.authority, session)
        yield found
    for each in found.opened:
        each.close()
    found.door.close()


@pytest.fixture
def orders(shop: Shop) -> Shop:
    shop.run(ORDERS)
    return shop
