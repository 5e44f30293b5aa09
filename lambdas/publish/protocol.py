"""The publish protocol: no update is lost and no reader sees half, without a lock service.

    state   GET (bytes and ETag together) -> merge -> PUT If-Match that ETag, generation + 1
    gold    HEAD -> older than the state? -> PUT the projection If-Match that ETag

Two writers that read one state cannot both replace it; the one that lost reads again and merges
into what the other wrote. Gold is written after the state that it shows, so whoever dies in
between leaves gold one step behind; a re-run finds nothing to merge and still projects:

    A  GET state 4 .. PUT state 5 ................................ HEAD gold 6: done
    B  .............. GET state 4 .. PUT: 412 .. GET state 5 .. PUT state 6 .. PUT gold 6

An answer that got lost looks like a lost race: the writer reads again and finds its own rows,
unchanged. Every generation's bytes differ, so an ETag never comes back with older content.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.contracts import BY_TABLE
from lambdas.lake.errors import ObjectMissingError, PreconditionError, RetryableError
from lambdas.lake.layout import gold_key, state_key
from lambdas.lake.objects import ANY
from lambdas.publish.merge import merge, project
from lambdas.publish.tables import GENERATION, read_stored, stored_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from lambdas.contracts import Contract
    from lambdas.lake.documents import TableCounts
    from lambdas.lake.objects import ObjectStore, StoredObject

Render = Callable[["pa.Table", int], bytes]
"""A table and its generation to Parquet bytes, different for every generation."""
Pause = Callable[[int], None]
"""Waits before attempt n + 1; n counts from 0."""

ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0


class PublishConflictError(RetryableError):
    """Others kept writing the partition; nothing is lost, a later attempt merges again."""


class StateLostError(Exception):
    """Gold is ahead of the state it was projected from. Poison: only a replay mends it."""


@dataclass(frozen=True)
class Slot:
    """One partition and bucket of one table under a target: one state and one gold object."""

    target: str
    table: str
    partition: str
    bucket: int

    @property
    def contract(self) -> Contract:
        return BY_TABLE[self.table]

    @property
    def state_key(self) -> str:
        return state_key(self.target, self.table, self.partition, self.bucket)

    @property
    def gold_key(self) -> str:
        return gold_key(self.target, self.table, self.partition, self.bucket)


@dataclass(frozen=True)
class State:
    """A state as one GET answered it; generation 0 and no ETag if there is none yet."""

    table: pa.Table
    generation: int
    etag: str | None


@dataclass(frozen=True)
class Published:
    """What publishing did with a delta, and the generation of the state that contains it."""

    counts: TableCounts
    generation: int


def full_jitter(attempt: int) -> None:
    """Sleeps up to an exponentially growing bound, so that rivals spread out."""
    time.sleep(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)))


class Publisher:
    """Merges deltas into state and projects state to gold."""

    def __init__(
        self,
        store: ObjectStore,
        render: Render,
        pause: Pause = full_jitter,
        attempts: int = ATTEMPTS,
    ) -> None:
        self.store = store
        self.render = render
        self.pause = pause
        self.attempts = attempts

    def publish(self, slot: Slot, delta: pa.Table) -> Published:
        """Afterwards gold shows a state that contains the delta.

        Raises PublishConflictError after too many lost races, StateLostError, and whatever the
        store raises. Publishing the same delta again is safe after any of them.
        """
        state, counts = self._merge(slot, delta)
        self.project(slot, state)
        return Published(counts, state.generation)

    def read_state(self, slot: Slot) -> State:
        try:
            stored = self.store.get(slot.state_key)
        except ObjectMissingError:
            return State(stored_schema(slot.contract).empty_table(), 0, None)
        found = read_stored(slot.contract, stored.body)
        return State(found.table, found.number, stored.etag)

    def write_state(self, slot: Slot, successor: State) -> None:
        """Puts `successor` in place of the state whose ETag it names. Raises PreconditionError."""
        self._put(slot.state_key, successor.table, successor.generation, successor.etag)

    def project(self, slot: Slot, state: State) -> None:
        """Raises gold to the state's generation, unless it is there or beyond already."""
        for attempt in range(self.attempts):
            gold = self.store.head(slot.gold_key)
            shown = generation_shown(gold)
            if shown >= state.generation:
                self._check_not_ahead(slot, shown, state)
                return
            rows = project(slot.contract, state.table)
            try:
                self._put(slot.gold_key, rows, state.generation, gold.etag if gold else None)
            except PreconditionError:
                self.pause(attempt)
                state = self.read_state(slot)
            else:
                return
        raise PublishConflictError(f"{slot.gold_key}: lost {self.attempts} races")

    def _merge(self, slot: Slot, delta: pa.Table) -> tuple[State, TableCounts]:
        for attempt in range(self.attempts):
            state = self.read_state(slot)
            merged = merge(slot.contract, state.table, delta)
            if not merged.changed:
                return state, merged.counts
            successor = State(merged.table, state.generation + 1, state.etag)
            try:
                self.write_state(slot, successor)
            except PreconditionError:
                self.pause(attempt)
            else:
                return successor, merged.counts
        raise PublishConflictError(f"{slot.state_key}: lost {self.attempts} races")

    def _check_not_ahead(self, slot: Slot, shown: int, state: State) -> None:
        """Gold may be ahead of the state we hold, but never of the state that is stored."""
        if shown > state.generation and shown > self.read_state(slot).generation:
            raise StateLostError(f"{slot.gold_key} shows generation {shown}, its state is older")

    def _put(self, key: str, table: pa.Table, generation: int, etag: str | None) -> None:
        condition = {"if_match": etag} if etag else {"if_none_match": ANY}
        self.store.put(
            key,
            self.render(table, generation),
            metadata={GENERATION: str(generation)},
            **condition,
        )


def generation_shown(gold: StoredObject | None) -> int:
    """The generation of a gold object, from its S3 metadata; 0 if there is none."""
    return int(gold.metadata.get(GENERATION, 0)) if gold else 0
