"""A shop's PostgreSQL, pulled through the state machine to gold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from local.warehouse.postgres import Postgres
from tests.doors import HOST, Authority, Door
from tests.e2e.waiting import ended, shows
from tests.folders import postgres_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
TABLES = """
CREATE TABLE articles (sku text PRIMARY KEY, title text, price numeric, changed_at timestamptz);
CREATE TABLE receipt_lines (
    id bigserial PRIMARY KEY, receipt text, line int, sku text, customer int, qty int,
    unit_price numeric, sold_at timestamptz, training boolean
);
CREATE TABLE customers (
    id int PRIMARY KEY, first_name text, last_name text, email text, since timestamptz
);
INSERT INTO articles VALUES
    ('A-1', 'Hering, "frisch"', 2.50, now() - interval '1 hour'),
    ('A-2', 'Krabben', 12.00, now() - interval '1 hour');
INSERT INTO receipt_lines (receipt, line, sku, customer, qty, unit_price, sold_at, training) VALUES
    ('R-1', 1, 'A-1', 7, 2, 2.50, '2026-03-05 10:00Z', false),
    ('R-1', 2, 'A-2', 7, 1, 12.00, '2026-03-05 10:00Z', false),
    ('R-2', 1, 'A-2', 7, 9, 12.00, '2026-03-05 11:00Z', true);
INSERT INTO customers VALUES (7, 'Ada', 'Lovelace', 'ada@example.com', '2026-01-01Z');
"""
SOLD = """
SELECT inventory.item_name, sales.qty, CAST(sales.total_price AS VARCHAR), customer.first_name
FROM sales JOIN inventory ON sales.item_id = inventory.item_id
JOIN customer ON sales.customer_id = customer.customer_id
WHERE sales.date_id = 20260305
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Fischmarkt:
    """The shop's own session, and the pipeline that pulls from its database."""

    session: psycopg.Connection
    pipeline: Pipeline

    def pulled(self, **order: Any) -> dict[str, Any]:
        """How an execution of the pulls' machine ended, as it describes itself."""
        access = self.pipeline.access
        machine = access.client("stepfunctions")
        started = machine.start_execution(
            stateMachineArn=access.outputs["PullMachineArn"],
            input=json.dumps({"pull": "fischmarkt", **order}),
        )
        return ended(self.pipeline, started["executionArn"])

    def rows(self, **order: Any) -> dict[str, int]:
        told = self.pulled(**order)
        assert told["status"] == "SUCCEEDED", told
        return {name: each["rows"] for name, each in json.loads(told["output"]).items()}

    def shows(self, expected: list[tuple[str, ...]]) -> None:
        shows(self.pipeline, SOLD, expected)


@pytest.fixture(scope="module")
def fischmarkt(
    pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fischmarkt]:
    with postgres_folder() as folder:
        database = Postgres(folder)
        authority = Authority()
        context = authority.context(tmp_path_factory.mktemp("certificates"))
        door = Door(database.data / ".s.PGSQL.5432", context)
        try:
            database.create_database("fischmarkt")
            pipeline.access.client("secretsmanager").create_secret(
                Name="mercado/fischmarkt", SecretString=secret(door, authority)
            )
            with database.connect("fischmarkt") as session:
                session.autocommit = True
                session.execute(TABLES)
                yield Fischmarkt(session, pipeline)
        finally:
            door.close()
            database.stop()


def secret(door: Door, authority: Authority) -> str:
    said = {"host": HOST, "port": door.port, "dbname": "fischmarkt", "username": "postgres"}
    return json.dumps({**said, "password": "-", "ca": authority.pem})


def test_tables_of_a_database_join_in_gold(fischmarkt: Fischmarkt) -> None:
    assert fischmarkt.rows() == {"articles": 2, "receipts": 2, "customers": 1}
    fischmarkt.shows([('Hering, "frisch"', "2", "5.00", "Ada"), ("Krabben", "1", "12.00", "Ada")])


def test_a_later_pull_brings_what_changed_and_a_window_what_was(fischmarkt: Fischmarkt) -> None:
    fischmarkt.session.execute(
        "UPDATE articles SET title = 'Hering', changed_at = now() - interval '2 min'"
        " WHERE sku = 'A-1'"
    )
    fischmarkt.session.execute("UPDATE customers SET first_name = 'Augusta'")
    assert fischmarkt.rows(resources=["articles", "customers"]) == {"articles": 1, "customers": 1}
    fischmarkt.shows([("Hering", "2", "5.00", "Augusta"), ("Krabben", "1", "12.00", "Augusta")])
    assert fischmarkt.rows(resources=["receipts"], window={"date": "2026-03-05"}) == {"receipts": 2}
