"""Loading all of state: what the publisher wrote, into a warehouse that came later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.contracts import BY_TABLE, api_version
from lambdas.lake.layout import LIVE
from lambdas.load import handler
from lambdas.load.state import load_state, plan_state
from lambdas.load.submission import LoadFailedError
from lambdas.publish.parquet import render
from lambdas.publish.protocol import Publisher, Slot
from tests.fakes import FakeContext
from tests.publishing import row, table

if TYPE_CHECKING:
    from tests.integration.warehouse_stand_in import Database

pytestmark = pytest.mark.xdist_group("warehouse")  # one server serves them all
SALES = BY_TABLE["sales"]
FOUND = "SELECT transaction_id, version, deleted FROM store.sales ORDER BY transaction_id"
FIRST, SECOND = api_version(1), api_version(2)


def publish(database: Database, month: str, key: int, rev: int, *, deleted: bool = False) -> None:
    delta = table(SALES, [row(SALES, key, rev, deleted=deleted)])
    slot = Slot(LIVE, "sales", f"month={month}", 0)
    Publisher(database.lake, render).publish(slot, delta)


def load(database: Database, load_id: str = "l1", retry: int = 0) -> int:
    planned = plan_state(database.lake, load_id, "sales")
    return load_state(database.lake, database.bucket, database.submissions(), planned, retry)


def test_every_partition_of_state_comes_with_versions_and_tombstones(database: Database) -> None:
    publish(database, "2026-01", 1, 1)
    publish(database, "2026-02", 2, 2, deleted=True)
    assert load(database) == 2
    expected = [("text 0001", FIRST, False), ("text 0002", SECOND, True)]
    assert database.ask(FOUND) == expected
    assert load(database, retry=1) == load(database, "l2") == 2
    assert database.ask(FOUND) == expected


def test_what_the_warehouse_knows_better_stays(database: Database) -> None:
    publish(database, "2026-01", 1, 1)
    database.conform("run-1", {"sales": [row(SALES, 1, 2)]})
    database.load("run-1")
    load(database)
    assert database.ask(FOUND) == [("text 0001", SECOND, False)]


def test_an_object_that_a_run_replaces_meanwhile_fails_the_load_and_another_plan_mends_it(
    database: Database,
) -> None:
    publish(database, "2026-01", 1, 1)
    planned = plan_state(database.lake, "l1", "sales")
    publish(database, "2026-01", 200, 2)
    with pytest.raises(LoadFailedError):
        load_state(database.lake, database.bucket, database.submissions(), planned, 0)
    assert database.ask(FOUND) == []
    assert load(database, retry=1) == 2


def test_a_table_without_state_loads_nothing(database: Database) -> None:
    assert load(database) == 0


def test_a_dry_run_counts_objects_and_bytes_and_writes_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(database, "2026-01", 1, 1)
    monkeypatch.setattr("lambdas.load.handler.boto3.client", lambda _: database.s3)
    settings = handler.LoadSettings(database.bucket, "wg", "db")
    monkeypatch.setattr(handler, "settings", lambda: settings)
    before = dict(database.lake.sizes(""))
    event = {"state": "l1", "table": "sales", "retry": 0, "dry_run": True}
    answer = handler.handle(event, FakeContext())
    size = before["work/state/sales/month=2026-01/bucket-0.parquet"]
    assert answer == {"objects": 1, "bytes": size, "staged": 0, "dry_run": True}
    assert dict(database.lake.sizes("")) == before
