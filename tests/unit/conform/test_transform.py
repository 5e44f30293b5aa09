"""One row a key, the highest version, in the shape of gold; what rows refer to is inferred."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from lambdas.clean.captured.transform import clean
from lambdas.conform.transform import Conformed, conform
from lambdas.contracts import (
    BY_ENTITY,
    BY_TABLE,
    CONTRACTS,
    LOWEST_VERSION,
    STAR,
    Contract,
    api_version,
)
from lambdas.lake.documents import TableCounts
from tests.stream import cart, customer, item, raw_object, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    Conform = Callable[..., Conformed]


@pytest.fixture
def conformed(connection: DuckDBPyConnection, tmp_path: Path) -> Conform:
    """Conforms one run over the given raw objects, each a list of records."""

    def run(*objects: list[dict[str, Any]], contracts: Sequence[Contract] = CONTRACTS) -> Conformed:
        cleaned: dict[str, list[Path]] = {}
        for number, records in enumerate(objects):
            folder = tmp_path / str(number)
            folder.mkdir(exist_ok=True)
            for accepted in clean(connection, raw_object(*records), folder).accepted:
                cleaned.setdefault(accepted.entity, []).append(accepted.path)
        return conform(connection, cleaned, tmp_path, contracts)

    return run


def rows(conformed: Conformed, table: str) -> list[dict[str, Any]]:
    return [
        row
        for delta in conformed.deltas
        if delta.table == table
        for row in pq.read_table(delta.path).to_pylist()
    ]


def test_the_highest_version_of_a_key_wins_wherever_it_lies(conformed: Conform) -> None:
    done = conformed([customer(1, 2), customer(2, 1)], [customer(1, 10)], [customer(1, 9)])
    found = rows(done, "customer")
    assert [(row["customer_id"], row["first_name"], row["version"]) for row in found] == [
        (1, "Ada10", api_version(10)),
        (2, "Ada1", api_version(1)),
    ]
    assert done.counts["customer"] == TableCounts(rows=4, superseded=2)


def test_the_same_version_twice_is_unchanged(conformed: Conform) -> None:
    done = conformed([customer(1, 2), customer(1, 1)], [customer(1, 2)], [customer(1, 1)])
    assert done.counts["customer"] == TableCounts(rows=4, superseded=2, unchanged=1)
    assert done.arrived == {"customer": 4}


def test_deltas_have_the_columns_and_types_of_the_contract(conformed: Conform) -> None:
    done = conformed([customer(), item(), cart(lines=1, ever=2), transaction()])
    assert {delta.table for delta in done.deltas} == {contract.table for contract in STAR}
    for delta in done.deltas:
        assert [(field.name, str(field.type)) for field in pq.read_schema(delta.path)] == [
            (column.name, column.type.value.arrow)
            for column in BY_TABLE[delta.table].stored_columns
        ]


def test_times_are_written_as_microseconds_in_64_bits(conformed: Conform) -> None:
    (delta,) = conformed([customer()]).deltas
    joined_at = pq.ParquetFile(delta.path).schema.column(4)
    assert (joined_at.name, joined_at.physical_type) == ("joined_at", "INT64")
    assert "timeUnit=microseconds" in str(joined_at.logical_type)


def test_rows_lie_in_the_order_of_their_keys(conformed: Conform) -> None:
    done = conformed([customer(number) for number in (30, 4, 200, 1)])
    assert [row["customer_id"] for row in rows(done, "customer")] == [1, 4, 30, 200]


def test_sales_are_split_by_month(conformed: Conform) -> None:
    done = conformed(
        [
            transaction("t1", sold_at="2026-03-31T23:59:59.999999Z"),
            transaction("t2", sold_at="2026-04-01T00:00:00Z"),
            transaction("t3", sold_at="2025-12-01T00:00:00Z"),
        ]
    )
    sales = [each for each in done.deltas if each.table == "sales"]
    assert [(each.partition, each.bucket, each.rows) for each in sales] == [
        ("month=2025-12", 0, 2),
        ("month=2026-03", 0, 2),
        ("month=2026-04", 0, 2),
    ]


def test_the_newest_sale_of_a_run_is_told_and_of_other_tables_nothing(conformed: Conform) -> None:
    done = conformed(
        [
            transaction("t1", sold_at="2026-03-31T23:59:59.999999Z"),
            transaction("t2", sold_at="2026-04-01T00:00:00Z"),
            customer(),
        ]
    )
    assert done.newest == {"sales": "2026-04-01T00:00:00+00:00"}


def test_a_run_without_sales_tells_nothing_of_their_newest(conformed: Conform) -> None:
    assert conformed([customer()]).newest == {}


def test_every_member_that_a_row_refers_to_is_inferred(conformed: Conform) -> None:
    done = conformed([transaction(lines=1)])
    inferred = {
        table: rows(done, table) for table in ("customer", "vendor", "inventory", "category")
    }
    assert {table: found[0][BY_TABLE[table].key[0]] for table, found in inferred.items()} == {
        "customer": 5,
        "vendor": 3,
        "inventory": 7,
        "category": 2,
    }
    for table, (member,) in inferred.items():
        assert (member["version"], member["deleted"]) == (LOWEST_VERSION, False)
        known = {name for name, value in member.items() if value is not None}
        assert known == {*BY_TABLE[table].key, "version", "deleted"}


def test_a_member_that_came_itself_supersedes_the_inferred_one(conformed: Conform) -> None:
    done = conformed([transaction(), customer(5)])
    (member,) = rows(done, "customer")
    assert (member["first_name"], member["version"]) == ("Ada1", api_version(1))
    assert done.counts["customer"] == TableCounts(rows=2, superseded=1)


def test_what_only_an_older_version_refers_to_is_inferred_too(conformed: Conform) -> None:
    done = conformed([item(1, rev=1), item(1, rev=2)])
    assert [row["category_id"] for row in rows(done, "category")] == [1, 2]


def test_the_day_of_a_sale_is_known_in_full(conformed: Conform) -> None:
    done = conformed([transaction(lines=3, sold_at="2026-01-09T00:00:00Z")])
    assert rows(done, "date") == [
        {
            "date_id": 20260109,
            "year": 2026,
            "month": 1,
            "day": 9,
            "version": LOWEST_VERSION,
            "deleted": False,
        }
    ]


def test_a_tombstone_wins_over_the_line_that_it_ends(conformed: Conform) -> None:
    done = conformed([cart(rev=2, lines=1, ever=2)], [cart(rev=1, lines=2, ever=2)])
    assert [(row["line_no"], row["deleted"], row["qty"]) for row in rows(done, "cart")] == [
        (1, False, 2),
        (2, True, None),
    ]


def test_a_quiet_run_has_no_deltas(conformed: Conform) -> None:
    assert conformed() == Conformed([], {}, {})


def test_dimensions_come_before_facts(conformed: Conform) -> None:
    kinds = [BY_TABLE[each.table].kind.value for each in conformed([transaction(), cart()]).deltas]
    assert kinds == sorted(kinds)


def test_rows_are_spread_over_buckets_by_their_key_alone(conformed: Conform) -> None:
    bucketed = [
        dataclasses.replace(contract, buckets=4) if contract.table == "customer" else contract
        for contract in CONTRACTS
    ]

    def spread(*objects: list[dict[str, Any]]) -> dict[int, set[int]]:
        done = conformed(*objects, contracts=bucketed)
        return {
            each.bucket: set(pq.read_table(each.path)["customer_id"].to_pylist())
            for each in done.deltas
        }

    first = spread([customer(number) for number in range(1, 101)])
    again = spread([customer(number, rev=7) for number in range(100, 0, -1)])
    assert first == again
    assert set(first) == {0, 1, 2, 3}
    assert set().union(*first.values()) == set(range(1, 101))
    assert min(len(each) for each in first.values()) > 10


def test_equal_input_gives_equal_bytes(conformed: Conform) -> None:
    objects = [[customer(number), transaction(f"t{number}")] for number in range(5)]
    one = {each.path.name: each.path.read_bytes() for each in conformed(*objects).deltas}
    other = {each.path.name: each.path.read_bytes() for each in conformed(*objects).deltas}
    assert one == other


def test_every_reference_names_an_entity_with_one_key() -> None:
    references = {c.references for contract in CONTRACTS for c in contract.columns if c.references}
    assert all(len(BY_ENTITY[entity].key) == 1 for entity in references)
