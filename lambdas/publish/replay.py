"""Compares gold rebuilt from raw with live gold, and puts the rebuilt partitions in its place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import pyarrow as pa

from lambdas.contracts import BY_TABLE
from lambdas.lake.documents import Document
from lambdas.lake.errors import ObjectMissingError, PreconditionError
from lambdas.lake.layout import GOLD, LIVE, gold_key
from lambdas.publish.protocol import Slot, State, generation_shown
from lambdas.publish.tables import gold_schema, read_gold, same_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Self

    from lambdas.contracts import Contract
    from lambdas.lake.objects import ObjectStore
    from lambdas.publish.protocol import Publisher
    from lambdas.publish.tables import Generation

Sides = tuple[bool, bool]
"""Whether something is in live gold, and whether it is in the replay."""
LIVE_SIDE, REPLAY_SIDE = "_live", "_replay"
GOLD_OBJECT = re.compile(r"(?P<table>[^/]+)/(?P<partition>.*/)?part-(?P<bucket>\d+)\.parquet")


class Status(StrEnum):
    """A partition of the replay beside live gold's."""

    EQUAL = "equal"
    DIFFERS = "differs"
    MISSING = "missing"  # live gold has it, the replay has not
    EXTRA = "extra"  # the replay has it, live gold has not


@dataclass(frozen=True)
class RowDifference:
    """Rows by key: in live gold only, in the replay only, in both with other values."""

    live_only: int = 0
    replay_only: int = 0
    changed: int = 0

    def __bool__(self) -> bool:
        return bool(self.live_only or self.replay_only or self.changed)


@dataclass(frozen=True)
class Comparison(Document):
    """One partition compared, and the ETags of the states that stood behind it then.

    An ETag is None where there was no state. Without `settled`, live gold did not show the live
    state of that moment, since a publisher was at work.
    """

    table: str
    partition: str
    bucket: int
    status: Status
    rows: RowDifference
    live_etag: str | None
    replay_etag: str | None
    settled: bool

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        rows, status = RowDifference(**fields["rows"]), Status(fields["status"])
        return cls(**{**fields, "rows": rows, "status": status})

    @property
    def name(self) -> str:
        return gold_key(LIVE, self.table, self.partition, self.bucket)


@dataclass(frozen=True)
class Report(Document):
    """All partitions of the replay and of live gold, in the order of their keys."""

    replay: str
    partitions: list[Comparison]

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(fields["replay"], [Comparison.from_dict(each) for each in fields["partitions"]])

    @property
    def different(self) -> list[Comparison]:
        return [each for each in self.partitions if each.status is not Status.EQUAL]


class UnknownReplayError(ValueError):
    """There is nothing of such a replay: swapping it in would empty gold."""


class SwapConflictError(Exception):
    """A state moved on since it was compared: compare again."""


def row_difference(contract: Contract, live: pa.Table, replayed: pa.Table) -> RowDifference:
    """Counts of rows that differ, by key. Pure. Both tables have gold's columns."""
    keys = _sides(live, replayed, contract.key)
    whole = _sides(live, replayed, contract.column_names)
    shared = keys[True, True]
    return RowDifference(
        live_only=keys[True, False],
        replay_only=keys[False, True],
        changed=shared - whole[True, True],
    )


def compare(store: ObjectStore, replay: str, target: str) -> Report:
    """Compares rows, partition by partition; generations may differ.

    Raises UnknownReplayError.
    """
    live, replayed = (set(_slots(store, each)) for each in (LIVE, target))
    if not replayed:
        raise UnknownReplayError(f"there is nothing under {target}")
    places = sorted(live | replayed)
    return Report(replay, [_compare_slot(store, target, *place) for place in places])


def swap(publisher: Publisher, target: str, compared: Comparison) -> None:
    """Replaces live state and gold by the replay's, under the protocol of every publisher.

    A partition that the replay lacks becomes empty; its object stays, so that generations go on
    rising. Swapping again what was swapped only projects. Raises SwapConflictError.
    """
    place = (compared.table, compared.partition, compared.bucket)
    live_slot, replay_slot = Slot(LIVE, *place), Slot(target, *place)
    live, replayed = publisher.read_state(live_slot), publisher.read_state(replay_slot)
    if replayed.etag != compared.replay_etag:
        raise SwapConflictError(f"{replay_slot.state_key} changed since it was compared")
    if live.etag and same_rows(live.table, replayed.table, live_slot.contract.key):
        publisher.project(live_slot, live)
        return
    if not compared.settled or live.etag != compared.live_etag:
        raise SwapConflictError(f"{live_slot.state_key} moved on since it was compared")
    shown = generation_shown(publisher.store.head(live_slot.gold_key))
    successor = State(replayed.table, max(live.generation, shown) + 1, live.etag)
    try:
        publisher.write_state(live_slot, successor)
    except PreconditionError as error:
        raise SwapConflictError(f"{live_slot.state_key} moved on while it was swapped") from error
    publisher.project(live_slot, successor)


def _compare_slot(
    store: ObjectStore, target: str, table: str, partition: str, bucket: int
) -> Comparison:
    """Reads live state's ETag before live gold: what moves in between shows as a conflict."""
    live_slot, replay_slot = (Slot(each, table, partition, bucket) for each in (LIVE, target))
    live_state, replay_state = (store.head(slot.state_key) for slot in (live_slot, replay_slot))
    live, replayed = _read(store, live_slot), _read(store, replay_slot)
    empty = gold_schema(live_slot.contract).empty_table()
    rows = row_difference(
        live_slot.contract,
        empty if live is None else live.table,
        empty if replayed is None else replayed.table,
    )
    return Comparison(
        table=table,
        partition=partition,
        bucket=bucket,
        status=_status(live is not None, replayed is not None, differs=bool(rows)),
        rows=rows,
        live_etag=live_state.etag if live_state else None,
        replay_etag=replay_state.etag if replay_state else None,
        settled=generation_shown(live_state) == (live.number if live else 0),
    )


def _status(in_live: bool, in_replay: bool, *, differs: bool) -> Status:
    if in_live and in_replay:
        return Status.DIFFERS if differs else Status.EQUAL
    return Status.MISSING if in_live else Status.EXTRA


def _read(store: ObjectStore, slot: Slot) -> Generation | None:
    try:
        return read_gold(slot.contract, store.get(slot.gold_key).body)
    except ObjectMissingError:
        return None


def _slots(store: ObjectStore, target: str) -> Iterator[tuple[str, str, int]]:
    """Table, partition and bucket of each gold object; what is no star table is left alone."""
    root = f"{target}{GOLD}"
    for key in store.keys(root):
        found = GOLD_OBJECT.fullmatch(key.removeprefix(root))
        if found and found["table"] in BY_TABLE:
            yield found["table"], (found["partition"] or "").strip("/"), int(found["bucket"])


def _sides(live: pa.Table, replayed: pa.Table, columns: tuple[str, ...]) -> Counter[Sides]:
    """How many distinct values of `columns` are in (live, replayed)."""
    rows = pa.concat_tables(
        table.select(columns)
        .append_column(LIVE_SIDE, pa.repeat(table is live, table.num_rows))
        .append_column(REPLAY_SIDE, pa.repeat(table is replayed, table.num_rows))
        for table in (live, replayed)
    )
    groups = rows.group_by(list(columns)).aggregate([(LIVE_SIDE, "max"), (REPLAY_SIDE, "max")])
    found = (f"{LIVE_SIDE}_max", f"{REPLAY_SIDE}_max")
    sides = groups.group_by(list(found)).aggregate([([], "count_all")]).to_pylist()
    return Counter({(each[found[0]], each[found[1]]): each["count_all"] for each in sides})
