"""Laws 1 to 3 on the publisher's merge: it is the dict in which the highest version wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.contracts import BY_TABLE, Kind
from lambdas.publish.merge import merge, project
from lambdas.publish.tables import stored_schema
from tests.publishing import highest_versions, row, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from lambdas.contracts import Contract
    from tests.publishing import Row

CART, INVENTORY = BY_TABLE["cart"], BY_TABLE["inventory"]
contracts = st.sampled_from([CART, INVENTORY])
# One version of a key is one content, so whether it is deleted follows from key and revision.
states = st.tuples(st.integers(1, 6), st.integers(1, 5))
UNHURRIED = settings(deadline=None)  # Arrow's first call loads its kernels
many = st.lists(states, max_size=25)


def rows_of(contract: Contract, found: Iterable[tuple[int, int]]) -> list[Row]:
    return [row(contract, key, rev, deleted=(key + rev) % 3 == 0) for key, rev in found]


def empty(contract: Contract) -> pa.Table:
    return stored_schema(contract).empty_table()


@UNHURRIED
@given(contract=contracts, known=many, incoming=many)
def test_merging_is_the_dict_in_which_the_highest_version_wins(
    contract: Contract, known: list[tuple[int, int]], incoming: list[tuple[int, int]]
) -> None:
    before = highest_versions(contract, rows_of(contract, known))
    state = table(contract, before.values())
    delta = rows_of(contract, incoming)
    merged = merge(contract, state, table(contract, delta))
    after = highest_versions(contract, [*before.values(), *delta])
    assert merged.table.to_pylist() == [after[key] for key in sorted(after)]
    assert merged.counts.inserted == len(after.keys() - before.keys())
    assert merged.counts.updated == sum(before[key] != after[key] for key in before)
    assert merged.changed == (before != after)


@UNHURRIED
@given(contract=contracts, known=many, incoming=many)
def test_every_row_of_a_delta_is_counted_once(
    contract: Contract, known: list[tuple[int, int]], incoming: list[tuple[int, int]]
) -> None:
    state = table(contract, highest_versions(contract, rows_of(contract, known)).values())
    counts = merge(contract, state, table(contract, rows_of(contract, incoming))).counts
    assert counts.rows == len(incoming)
    assert counts.balanced
    assert min(counts.inserted, counts.updated, counts.superseded, counts.unchanged) >= 0


@UNHURRIED
@given(contract=contracts, incoming=many, data=st.data())
def test_order_and_batching_of_deltas_do_not_matter(
    contract: Contract, incoming: list[tuple[int, int]], data: st.DataObject
) -> None:
    at_once = merge(contract, empty(contract), table(contract, rows_of(contract, incoming))).table
    shuffled = data.draw(st.permutations(incoming))
    cut = data.draw(st.integers(0, len(shuffled)))
    again = data.draw(st.lists(st.sampled_from(incoming), max_size=5)) if incoming else []
    state = empty(contract)
    for part in (shuffled[:cut], shuffled[cut:], again):
        state = merge(contract, state, table(contract, rows_of(contract, part))).table
    assert state.equals(at_once)


@UNHURRIED
@given(contract=contracts, known=many, incoming=many)
def test_merging_a_delta_again_changes_nothing(
    contract: Contract, known: list[tuple[int, int]], incoming: list[tuple[int, int]]
) -> None:
    state = table(contract, highest_versions(contract, rows_of(contract, known)).values())
    delta = table(contract, highest_versions(contract, rows_of(contract, incoming)).values())
    once = merge(contract, state, delta)
    twice = merge(contract, once.table, delta)
    assert not twice.changed
    assert twice.table.equals(once.table)
    assert twice.counts.superseded == once.counts.superseded
    assert twice.counts.unchanged == once.counts.rows - once.counts.superseded


@UNHURRIED
@given(contract=contracts, known=many)
def test_gold_shows_the_stars_columns_and_no_deleted_fact(
    contract: Contract, known: list[tuple[int, int]]
) -> None:
    state = highest_versions(contract, rows_of(contract, known))
    gold = project(contract, table(contract, state.values()))
    shown = [
        each for each in state.values() if contract.kind is Kind.DIMENSION or not each["deleted"]
    ]
    assert gold.column_names == list(contract.column_names)
    assert gold.to_pylist() == [
        {name: each[name] for name in contract.column_names} for each in shown
    ]
