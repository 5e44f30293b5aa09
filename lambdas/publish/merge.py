"""Highest version wins, over Arrow tables. Pure: no object store, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from lambdas.contracts import DELETED, VERSION, Kind
from lambdas.lake.documents import TableCounts

if TYPE_CHECKING:
    from lambdas.contracts import Contract

INCOMING = "_incoming"
"""Marks the delta's rows among the state's while they are merged."""


@dataclass(frozen=True)
class Merged:
    """The state after a merge, ordered by key, and what became of the delta's rows."""

    table: pa.Table
    counts: TableCounts

    @property
    def changed(self) -> bool:
        return bool(self.counts.inserted or self.counts.updated)


def merge(contract: Contract, state: pa.Table, delta: pa.Table) -> Merged:
    """Of all rows of one key, the one with the highest version; of equal versions, the known one.

    Both tables have the contract's stored columns. Versions compare as bytes. A key may stand in
    the delta more than once: its losing rows count as superseded or, at the winner's version,
    as unchanged.
    """
    rows = pa.concat_tables([_marked(state, incoming=False), _marked(delta, incoming=True)])
    ordered = rows.sort_by(
        [
            *((name, "ascending") for name in contract.key),
            (VERSION.name, "descending"),
            (INCOMING, "ascending"),
        ]
    ).combine_chunks()
    first = _first_of_each_key(ordered, contract.key)
    winners = ordered.filter(first)
    return Merged(
        winners.drop_columns([INCOMING]), _counts(ordered, first, winners, state.num_rows)
    )


def project(contract: Contract, state: pa.Table) -> pa.Table:
    """Gold from state: the star's columns; deleted facts are left out, deleted members stay."""
    shown = state.filter(pc.invert(state[DELETED.name])) if contract.kind is Kind.FACT else state
    return shown.select(contract.column_names)


def _marked(table: pa.Table, *, incoming: bool) -> pa.Table:
    return table.append_column(INCOMING, pa.repeat(incoming, table.num_rows))


def _first_of_each_key(ordered: pa.Table, key: tuple[str, ...]) -> pa.Array:
    """True at each row whose key differs from the row's before it."""
    if not ordered.num_rows:
        return pa.array([], pa.bool_())
    starts = pa.repeat(False, ordered.num_rows - 1)
    for name in key:
        column = ordered[name].combine_chunks()
        starts = pc.or_(starts, pc.not_equal(column[1:], column[:-1]))
    return pa.concat_arrays([pa.array([True]), starts])


def _counts(ordered: pa.Table, first: pa.Array, winners: pa.Table, known: int) -> TableCounts:
    incoming = ordered[INCOMING].combine_chunks()
    won = pc.sum(winners[INCOMING]).as_py() or 0
    inserted = winners.num_rows - known
    winner_of = pc.subtract(pc.cumulative_sum(first.cast(pa.int64())), 1)
    at_winners_version = pc.equal(ordered[VERSION.name], winners[VERSION.name].take(winner_of))
    lost = pc.and_(incoming, pc.invert(first))
    unchanged = pc.sum(pc.and_(lost, at_winners_version)).as_py() or 0
    rows = pc.sum(incoming).as_py() or 0
    return TableCounts(
        rows=rows,
        inserted=inserted,
        updated=won - inserted,
        superseded=rows - won - unchanged,
        unchanged=unchanged,
    )
