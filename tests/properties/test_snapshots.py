"""Snapshots under rivals, kills, lost answers and re-deliveries: raw says what the source said.

A schedule runs one port call at a time, of a puller that a seed picks, while the source changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.ingest.snapshots import DamagedStateError, Snapshots, SupersededError, Taken
from lambdas.lake.errors import PreconditionError, RetryableError
from tests.fakes import FakeLake
from tests.schedules import Schedule
from tests.snapshots import PLACE, FakeWatermarks, rows, shown, told

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS = "abcdef"
SOURCES = st.lists(
    st.dictionaries(st.sampled_from(KEYS), st.integers(0, 3), max_size=len(KEYS)),
    min_size=1,
    max_size=6,
)


class KilledError(Exception):
    """The function died."""


@dataclass(frozen=True)
class Seen:
    """What a fetch saw: the source as it was at `age`; a partial one, some of it."""

    age: int
    records: Mapping[str, dict[str, Any]]
    complete: bool


@dataclass
class Simulation:
    """Pullers beside each other, while `states` of the source follow each other."""

    seed: int
    states: list[dict[str, int]]
    folder: Path
    fault_rate: float = 0.08
    lake: FakeLake = field(default_factory=FakeLake)
    watermarks: FakeWatermarks = field(default_factory=FakeWatermarks)
    seen: dict[str, Seen] = field(default_factory=dict)
    now: int = 0
    deaths: int = 0

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.seed)
        self.lake.before = self.watermarks.before = self._before
        self.lake.after = self.watermarks.after = self._after
        self._tokens = count()

    def run(self, pullers: int = 3) -> None:
        self.schedule.run([*[self._pull_now_and_then] * pullers, self._change])
        self.fault_rate = 0
        self._pull(Schedule(0))

    def _change(self) -> None:
        for now in range(len(self.states)):
            self.now = now
            self.schedule.step()
            self.schedule.step()

    def _pull_now_and_then(self) -> None:
        for _ in range(3):
            try:
                self._pull(self.schedule)
            except (KilledError, RetryableError, SupersededError):
                self.deaths += 1

    def _pull(self, schedule: Schedule) -> None:
        attempt = str(next(self._tokens))
        folder = self.folder / attempt
        folder.mkdir()
        snapshots = Snapshots(
            self.lake, self.watermarks, PLACE, folder, partial(self._token, attempt)
        )
        base = snapshots.begin()
        seen = self._fetch(schedule)
        self.seen[attempt] = seen
        taken = Taken(rows(folder, seen.records.values()), seen.complete, may_lose=1)
        schedule.step()
        snapshots.commit(base, taken)

    def _token(self, attempt: str) -> str:
        """Tells which attempt an index is of."""
        return f"{attempt}.{next(self._tokens)}"

    def _fetch(self, schedule: Schedule) -> Seen:
        state = self.states[self.now]
        found = {key: {"id": key, "price": price} for key, price in state.items()}
        complete = schedule.random.random() < 0.7
        if not complete:
            found = {key: found[key] for key in found if schedule.random.random() < 0.5}
        return Seen(self.now, found, complete)

    def _before(self, operation: str, key: str) -> None:
        self.schedule.step()
        self._fault(operation, f"before {key}", "409")

    def _after(self, operation: str, key: str) -> None:
        """A lost answer: the client tries again and is told 412, or nobody is told anything."""
        self._fault(operation, f"after {key}", "412")

    def _fault(self, operation: str, where: str, refusal: str) -> None:
        if self.schedule.random.random() < self.fault_rate:
            if operation in {"put", "replace"} and self.schedule.random.random() < 0.5:
                raise PreconditionError(f"{where}: {refusal}")
            raise KilledError(where)


def committed(simulation: Simulation) -> dict[int, Seen]:
    """By number: which fetch was claimed or, if it changed nothing, committed under it."""
    found: dict[int, Seen] = {}
    for each in simulation.watermarks.history:
        if each.pending:
            attempt = each.pending.index.folder
            found[each.pending.number] = simulation.seen[_attempt(attempt)]
        elif each.committed not in found and each.index:
            found[each.committed] = simulation.seen[_attempt(each.index.folder)]
    return found


def _attempt(folder: str) -> str:
    """Of a folder as `Place.folder` names it, of a token as `Simulation` makes it."""
    return folder.removeprefix(PLACE.staging).split("-")[1].partition(".")[0]


def expected(committed_: Mapping[int, Seen]) -> dict[int, dict[str, dict[str, Any]]]:
    """By number: what is known once that snapshot is committed."""
    known: dict[str, dict[str, Any]] = {}
    found = {}
    for number, seen in sorted(committed_.items()):
        known = dict(seen.records) if seen.complete else {**known, **seen.records}
        found[number] = known
    return found


@given(SOURCES, st.integers(0, 2**32), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_raw_in_any_order_says_what_the_committed_snapshots_said(
    states: list[dict[str, int]], seed: int, shuffled: Any
) -> None:
    with TemporaryDirectory() as folder:
        simulation = Simulation(seed, states, Path(folder))
        simulation.run()
    lines = told(simulation.lake)
    by_number = committed(simulation)
    for number, known in expected(by_number).items():
        until = [each for each in lines if each["_snapshot"] // 2 <= number]
        arriving = until + shuffled.sample(until, len(until) // 2)
        shuffled.shuffle(arriving)
        assert shown(arriving) == known, number
    ages = [seen.age for _, seen in sorted(by_number.items())]
    assert ages == sorted(ages), "no older snapshot is committed behind a newer one"
    for each in lines:
        seen = by_number[each["_snapshot"] // 2]
        assert not each["_deleted"] or (seen.complete and each["id"] not in seen.records)


def test_the_schedules_are_hard_enough_to_tell() -> None:
    deaths = pending = 0
    for seed in range(20):
        with TemporaryDirectory() as folder:
            simulation = Simulation(seed, [{"a": 1, "b": 2}, {"a": 2}, {"b": 1}], Path(folder))
            simulation.run()
        deaths += simulation.deaths
        pending += sum(each.pending is not None for each in simulation.watermarks.history)
    assert deaths > 50
    assert pending > 20


class CarelessWatermarks(FakeWatermarks):
    """Replaces whatever is there."""

    def replace(self, known: Any, successor: Any) -> None:  # noqa: ARG002  # that is the point
        super().replace(self._now(), successor)


def test_without_its_condition_the_claim_breaks_the_promise() -> None:
    broken = 0
    for seed in range(20):
        with TemporaryDirectory() as folder:
            simulation = Simulation(
                seed,
                [{"a": 1, "b": 2}, {"a": 2}, {"b": 1}],
                Path(folder),
                watermarks=CarelessWatermarks(),
            )
            try:
                simulation.run()
                ages = [seen.age for _, seen in sorted(committed(simulation).items())]
                broken += ages != sorted(ages)
                (*_, known) = expected(committed(simulation)).values()
                broken += shown(told(simulation.lake)) != known
            except (DamagedStateError, SupersededError):  # noticed by itself
                broken += 1
    assert broken > 0
