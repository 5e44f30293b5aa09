"""The new entities go to gold as all others do: split, bucketed, with what they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from lambdas.contracts import BY_ENTITY, BY_TABLE, CONTRACTS, LOWEST_VERSION, STAR, api_version
from lambdas.publish.merge import merge, project
from lambdas.publish.tables import read_stored, stored_schema
from tests.contract_rows import GOOD, Texts, promoted

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from lambdas.conform.transform import Conformed


def keys(conformed: Conformed, table: str, version: str) -> set[int]:
    """The members of a dimension that came with this version."""
    (key,) = BY_TABLE[table].key
    return {
        row[key]
        for delta in conformed.deltas
        if delta.table == table
        for row in pq.read_table(delta.path).to_pylist()
        if row["version"] == version
    }


def test_every_new_entity_reaches_a_table_of_its_own_in_the_shape_of_gold(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    done = promoted(connection, {entity: [row] for entity, row in GOOD.items()}, tmp_path)
    shown = {}
    for delta in done.deltas:
        contract = BY_TABLE[delta.table]
        rows = read_stored(contract, delta.path.read_bytes()).table
        state = merge(contract, stored_schema(contract).empty_table(), rows).table
        shown[delta.table] = project(contract, state)
    assert {contract.table for contract in CONTRACTS if contract not in STAR} <= set(shown)
    for entity, row in GOOD.items():
        assert shown[BY_ENTITY[entity].table].column_names == list(row)


def test_facts_that_grow_with_traffic_lie_in_the_month_of_their_day(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    done = promoted(connection, {entity: [row] for entity, row in GOOD.items()}, tmp_path)
    months = {each.table: each.partition for each in done.deltas if each.partition}
    grown = ["fulfilment", "interaction", "loyalty_entry", "payment", "review", "stock_movement"]
    assert months == dict.fromkeys(grown, "month=2026-03")


def test_members_that_only_facts_have_named_are_inferred_and_give_way_to_their_own(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    facts = {
        "payment": [GOOD["payment"], GOOD["payment"] | {"payment_id": "2", "coupon_id": "8"}],
        "stock_movement": [GOOD["stock_movement"]],
        "category_tree": [GOOD["category_tree"]],
    }
    done = promoted(connection, {**facts, "coupon": [GOOD["coupon"]]}, tmp_path)
    assert keys(done, "coupon", LOWEST_VERSION) == {8}
    assert keys(done, "coupon", api_version(1)) == {1}
    assert keys(done, "inventory_location", LOWEST_VERSION) == {4}
    assert keys(done, "category", LOWEST_VERSION) == {1, 12}
    assert keys(done, "vendor", LOWEST_VERSION) == {3}
    assert keys(done, "date", LOWEST_VERSION) == {20260317}


def test_a_visit_of_nobody_who_is_known_names_no_customer(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    done = promoted(
        connection, {"interaction": [GOOD["interaction"] | {"customer_id": None}]}, tmp_path
    )
    assert keys(done, "customer", LOWEST_VERSION) == set()


def test_a_month_of_visits_is_spread_over_its_buckets(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    visits: list[Texts] = [
        GOOD["interaction"] | {"interaction_id": str(number)} for number in range(1, 201)
    ]
    done = promoted(connection, {"interaction": visits}, tmp_path)
    parts = [each for each in done.deltas if each.table == "interaction"]
    assert [each.bucket for each in parts] == list(range(8))
    assert sum(each.rows for each in parts) == 200
    assert min(each.rows for each in parts) > 10


def test_the_newest_fact_of_each_table_is_told(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    done = promoted(connection, {entity: [row] for entity, row in GOOD.items()}, tmp_path)
    assert set(done.newest) == {each.table for each in CONTRACTS if each.happened} - {"sales"}
    assert set(done.newest.values()) == {"2026-03-17T12:00:00+00:00"}
