"""Loads on a real PostgreSQL: again, late, at once, interrupted; the highest version wins."""

from __future__ import annotations

import itertools
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.contracts import BY_TABLE, CONTRACTS, LOWEST_VERSION, api_version
from lambdas.load import handler
from lambdas.load.submission import LoadFailedError, LoadStillRunsError
from local.queries import named_query
from tests.fakes import FakeContext
from tests.integration.warehouse_stand_in import WORKGROUP, Database
from tests.publishing import row

pytestmark = pytest.mark.xdist_group("warehouse")  # one server serves them all
CATEGORY, SALES, CART = (BY_TABLE[table] for table in ("category", "sales", "cart"))
LEDGER = "SELECT run, table_name, retry, applied FROM store.load_ledger ORDER BY loaded_at"
CATEGORIES = "SELECT category_id, version, deleted FROM store.category ORDER BY category_id"
RUNS = itertools.count()


def category(key: int, rev: int, *, deleted: bool = False) -> dict[str, Any]:
    return row(CATEGORY, key, rev, deleted=deleted)


def test_a_load_brings_every_value_of_every_type(database: Database) -> None:
    database.conform("run-1", {"sales": [row(SALES, 7, 1)]})
    loaded = database.load("run-1")
    assert [(each.table, each.staged) for each in loaded.tables] == [("sales", 1)]
    ((identity, qty, price, sold_at, version, deleted),) = database.ask(
        "SELECT transaction_id, qty, unit_price, sold_at, version, deleted FROM store.sales"
    )
    assert (identity, qty, price, sold_at) == (
        "text 0007",
        1,
        Decimal("0.01"),
        "2025-03-17 00:00:00.000001",
    )
    assert (version, deleted) == (api_version(1), False)


def test_a_load_delivered_again_changes_nothing(database: Database) -> None:
    database.conform("run-1", {"category": [category(1, 1), category(2, 1)]})
    database.load("run-1")
    before = database.ask(CATEGORIES), database.ask(LEDGER)
    database.load("run-1")
    database.load("run-1", retry=1)
    assert (database.ask(CATEGORIES), database.ask(LEDGER)) == before
    assert before[1] == [("run-1", "category", 0, 2)]


def test_an_older_row_that_comes_late_is_not_taken(database: Database) -> None:
    database.conform("run-1", {"category": [category(1, 3)]})
    database.conform("run-2", {"category": [category(1, 2), category(2, 1)]})
    database.load("run-1")
    database.load("run-2")
    assert database.ask(CATEGORIES) == [(1, api_version(3), False), (2, api_version(1), False)]
    assert database.ask(LEDGER)[1] == ("run-2", "category", 0, 1)


def test_an_inferred_row_gives_way_to_the_real_one_and_never_replaces_it(
    database: Database,
) -> None:
    inferred = {"category_id": 1, "version": LOWEST_VERSION, "deleted": False}
    database.conform("run-1", {"category": [inferred]})
    database.conform("run-2", {"category": [category(1, 1)]})
    names = "SELECT category_name FROM category"
    database.load("run-1")
    assert database.ask(names) == [(None,)]
    database.load("run-2")
    database.load("run-1", retry=1)
    assert database.ask(names) == [("text 0001",)]


def test_a_load_that_fails_after_copy_leaves_nothing_and_is_retried(database: Database) -> None:
    database.conform("run-1", {"category": [category(1, 1)]})
    database.order(fail_after="COPY")
    with pytest.raises(LoadFailedError, match="failure ordered after COPY"):
        database.load("run-1")
    assert (database.ask(CATEGORIES), database.ask(LEDGER)) == ([], [])
    database.load("run-1", retry=1)
    assert database.ask(LEDGER) == [("run-1", "category", 1, 1)]


def test_a_load_that_fails_after_merge_is_taken_back_whole(database: Database) -> None:
    database.conform("run-1", {"category": [category(1, 1)]})
    database.load("run-1")
    database.conform("run-2", {"category": [category(1, 2), category(2, 1)]})
    database.order(fail_after="MERGE")
    with pytest.raises(LoadFailedError):
        database.load("run-2")
    assert database.ask(CATEGORIES) == [(1, api_version(1), False)]


def test_loads_at_once_of_overlapping_deltas_are_as_loads_one_by_one(database: Database) -> None:
    """Without the ledger's lock this has duplicates: nothing else enforces the key."""
    runs = [f"run-{number}" for number in range(1, 7)]
    for number, run in enumerate(runs, 1):
        keys = range(1, 4 + number)
        database.conform(run, {"category": [category(key, number) for key in keys]})
    random.Random(7).shuffle(runs)
    with ThreadPoolExecutor(len(runs)) as pool:
        list(pool.map(database.load, runs))
    expected = [(key, api_version(6), False) for key in range(1, 10)]
    assert database.ask(CATEGORIES) == expected
    assert len(database.ask(LEDGER)) == len(runs)


def test_a_lost_answer_makes_no_second_submission(database: Database) -> None:
    database.conform("run-1", {"category": [category(1, 1)]})
    database.order(drop_answer="BatchExecuteStatement")
    database.load("run-1")
    assert len(submissions(database, "load-run-1-category")) == 1


def test_a_retry_waits_for_the_transaction_that_a_dead_function_left(database: Database) -> None:
    database.conform("run-1", {"category": [category(1, 1)]})
    with database.session() as session:
        session.execute("LOCK TABLE store.load_ledger")
        with pytest.raises(LoadStillRunsError):
            database.load("run-1", seconds=0.5)
        threading.Timer(0.5, session.rollback).start()
        database.load("run-1", retry=1)
    assert len(submissions(database, "load-run-1-category")) == 1
    assert database.ask(LEDGER) == [("run-1", "category", 0, 1)]


def test_deleted_facts_leave_the_star_and_deleted_members_stay(database: Database) -> None:
    database.conform(
        "run-1",
        {
            "category": [category(1, 1, deleted=True)],
            "cart": [row(CART, 1, 1), row(CART, 2, 1, deleted=True)],
        },
    )
    database.load("run-1")
    assert database.ask("SELECT category_id FROM category") == [(1,)]
    assert database.ask("SELECT line_no FROM cart") == [(1,)]
    assert database.ask("SELECT COUNT(*) FROM store.cart") == [(2,)]


def test_every_contract_has_a_table_that_takes_its_rows_and_a_view_that_shows_them(
    database: Database,
) -> None:
    rows = {contract.table: [row(contract, 1, 1)] for contract in CONTRACTS}
    database.conform("run-1", rows)
    loaded = database.load("run-1")
    assert {each.table: each.staged for each in loaded.tables} == dict.fromkeys(rows, 1)
    for contract in CONTRACTS:
        names = ", ".join(f'"{name}"' for name in contract.column_names)
        (shown,) = database.ask(f'SELECT {names} FROM public."{contract.table}"')  # noqa: S608  # the contract's own names
        assert None not in shown, contract.table


@pytest.mark.parametrize(
    "name", ["category_revenue", "conversion", "coupon_use", "item_ratings", "stock_on_hand"]
)
def test_an_analysts_query_runs_on_an_empty_warehouse(database: Database, name: str) -> None:
    assert database.ask(named_query(name)) == []


def test_the_five_way_star_join_runs_unchanged(database: Database) -> None:
    dimensions = {
        table: [row(BY_TABLE[table], 1, 1)]
        for table in ("customer", "vendor", "inventory", "category", "date")
    }
    database.conform("run-1", {**dimensions, "sales": [row(SALES, 1, 1)]})
    database.load("run-1")
    rows = database.ask(
        'SELECT i.item_name, c.email, v.region, g.category_name, d."year", s.total_price '
        "FROM sales AS s JOIN inventory AS i ON i.item_id = s.item_id "
        "JOIN customer AS c ON c.customer_id = s.customer_id "
        "JOIN vendor AS v ON v.vendor_id = s.vendor_id "
        "JOIN category AS g ON g.category_id = s.category_id "
        'JOIN "date" AS d ON d.date_id = s.date_id'
    )
    assert rows == [("text 0001", "text 0001", "text 0001", "text 0001", 1, Decimal("0.01"))]


Revision = st.tuples(st.integers(1, 3), st.integers(1, 5), st.booleans())


@given(deltas=st.lists(st.lists(Revision, min_size=1, max_size=4), min_size=1, max_size=4))
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_comes_in_whatever_order_the_highest_version_wins(
    database: Database, deltas: list[list[tuple[int, int, bool]]]
) -> None:
    """The model is a dict; a version stands for one content, so `deleted` follows from it."""
    base = next(RUNS) * 10
    model: dict[int, int] = {}
    for delta in deltas:
        revisions = {key: rev for key, rev, _ in delta}
        run = f"run-{next(RUNS)}"
        rows = [category(base + key, rev, deleted=rev > 3) for key, rev in revisions.items()]
        database.conform(run, {"category": rows})
        database.load(run)
        for key, rev in revisions.items():
            model[base + key] = max(model.get(base + key, 0), rev)
    stored = [each for each in database.ask(CATEGORIES) if base < each[0] < base + 10]
    assert stored == [(key, api_version(rev), rev > 3) for key, rev in sorted(model.items())]


def test_the_handler_finds_lake_and_warehouse_by_its_environment(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.conform("run-1", {"category": [category(1, 1)]})
    environment = {
        "LAKE_BUCKET": database.bucket,
        "WAREHOUSE_WORKGROUP": WORKGROUP,
        "WAREHOUSE_DATABASE": database.name,
        "AWS_ENDPOINT_URL_S3": database.s3.meta.endpoint_url,
        "AWS_ENDPOINT_URL_REDSHIFT_DATA": database.warehouse.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "load",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    handler.settings.cache_clear()
    assert handler.handle({"run": "run-1", "retry": 0}, FakeContext()) == {}
    assert database.ask(LEDGER) == [("run-1", "category", 0, 1)]


def submissions(database: Database, name: str) -> list[str]:
    pages = database.data.get_paginator("list_statements").paginate(
        StatementName=name, Status="ALL"
    )
    steps = {each["Id"]: each for page in pages for each in page["Statements"]}
    return [key for key, each in steps.items() if database.bucket in each["QueryStrings"][2]]
