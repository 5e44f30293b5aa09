"""The highest version wins: one specification for the three places that implement it.

    conform   the rows of a run            -> one row a key    SQL on DuckDB
    publish   the state and a run's delta  -> the state        Arrow
    load      the store and a run's delta  -> the store        SQL on the warehouse

They share no code, so one property holds all three to the dict in which the highest version of a
key stands, over versions that only an order by bytes tells right.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from lambdas.conform.transform import conform
from lambdas.contracts import BY_TABLE, LOWEST_VERSION, api_version
from lambdas.engine import connect
from lambdas.publish.merge import merge
from lambdas.publish.tables import read_stored, stored_schema
from tests.publishing import Row, highest_versions, row, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from tests.integration.warehouse_stand_in import Database
    from tests.publishing import Key

pytestmark = pytest.mark.xdist_group("warehouse")  # one server serves them all
ITEM, CART = BY_TABLE["inventory"], BY_TABLE["cart"]
CONTRACTS = (ITEM, CART)
"""A dimension, and a fact that refers to it: its rows infer members."""

VERSIONS = (api_version(9), api_version(10), "a", "B", "D", "z", "é")
"""The API's and foreign ones; a language's order would mix their cases and accents."""

Said = tuple[str, int, int, int]
"""Table, key, line number (of a cart) and the number of a version."""
History = list[list[Said]]
"""The rows that each run brings."""
Deltas = dict[str, bytes]
"""What one run hands on, by table, as Parquet."""
Rows = dict[str, list[Row]]

saying = st.tuples(
    st.sampled_from([contract.table for contract in CONTRACTS]),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(1, len(VERSIONS)),
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[History, list[int]]:
    """Runs, and the order in which their deltas arrive: any, and some more than once."""
    history = draw(st.lists(st.lists(saying, min_size=4, max_size=20), min_size=1, max_size=3))
    numbers = range(len(history))
    again = draw(st.lists(st.sampled_from(numbers), max_size=1))
    return history, draw(st.permutations([*numbers, *again]))


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(delivered=deliveries())
def test_conform_publish_and_load_let_the_same_version_win(
    database: Database, delivered: tuple[History, list[int]]
) -> None:
    history, order = delivered
    everything = [said for run in history for said in run]
    with TemporaryDirectory() as name, connect(Path(name)) as connection:
        at_once = conformed(connection, Path(name), everything)
        runs = [conformed(connection, Path(name), run) for run in history]
    specified = by_specification(everything)
    arriving = [runs[number] for number in order]
    assert {name: read(name, body).to_pylist() for name, body in at_once.items()} == specified
    assert published(arriving) == specified
    assert loaded(database, arriving) == specified


def written(said: Said) -> Row:
    """The row that a version of a key stands for, a gone cart line's with nothing but its key."""
    name, key, line_no, number = said
    deleted = (key + number) % 3 == 0
    contract = BY_TABLE[name]
    stated = row(contract, key, number, deleted=deleted) | {"version": VERSIONS[number - 1]}
    if contract is CART:
        stated |= {"line_no": line_no}
        if deleted:
            stated |= dict.fromkeys(set(CART.column_names) - set(CART.key))
    return stated


def by_specification(history: Iterable[Said]) -> Rows:
    """What is known after all that was said: by table, in the order of its keys."""
    rows: Rows = {}
    for said in history:
        stated = written(said)
        rows.setdefault(said[0], []).append(stated)
        if said[0] == CART.table and stated["item_id"] is not None:
            rows.setdefault(ITEM.table, []).append(inferred(stated["item_id"]))
    return {name: in_order(highest_versions(BY_TABLE[name], rows[name])) for name in rows}


def in_order(found: dict[Key, Row]) -> list[Row]:
    return [found[key] for key in sorted(found)]


def inferred(item_id: int) -> Row:
    """A member of which no more is known than that a cart refers to it."""
    nothing = dict.fromkeys(ITEM.column_names)
    return nothing | {"item_id": item_id, "version": LOWEST_VERSION, "deleted": False}


def conformed(connection: DuckDBPyConnection, folder: Path, run: Sequence[Said]) -> Deltas:
    """The deltas of one run, whose cleaned rows lie in two objects an entity."""
    cleaned: dict[str, list[Path]] = {}
    for contract in CONTRACTS:
        rows = [written(said) for said in run if said[0] == contract.table]
        for number, part in enumerate((rows[::2], rows[1::2])):
            if part:
                path = folder / f"{contract.entity}-{number}.parquet"
                pq.write_table(table(contract, part), path)
                cleaned.setdefault(contract.entity, []).append(path)
    deltas = conform(connection, cleaned, folder, CONTRACTS).deltas
    return {delta.table: delta.path.read_bytes() for delta in deltas}


def published(deltas: Iterable[Deltas]) -> Rows:
    """The states after all deltas."""
    states: dict[str, pa.Table] = {}
    for delta in deltas:
        for name, body in delta.items():
            state = states.get(name, stored_schema(BY_TABLE[name]).empty_table())
            states[name] = merge(BY_TABLE[name], state, read(name, body)).table
    return {name: state.to_pylist() for name, state in states.items()}


def loaded(database: Database, deltas: Iterable[Deltas]) -> Rows:
    """The store's tables after all deltas, empty before."""
    with database.session() as session:
        session.execute("TRUNCATE store.inventory, store.cart, store.load_ledger")
    for number, delta in enumerate(deltas):
        database.hand_on(f"run-{number}", delta)
        database.load(f"run-{number}")
    with database.session() as session, session.cursor(row_factory=dict_row) as cursor:
        found = {
            "inventory": cursor.execute("TABLE store.inventory ORDER BY item_id").fetchall(),
            "cart": cursor.execute("TABLE store.cart ORDER BY customer_id, line_no").fetchall(),
        }
    return {name: rows for name, rows in found.items() if rows}


def read(name: str, body: bytes) -> pa.Table:
    return read_stored(BY_TABLE[name], body).table
