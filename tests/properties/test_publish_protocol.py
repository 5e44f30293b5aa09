"""Laws 2 to 4 on the publish protocol, under hundreds of interleavings of rival publishers.

A schedule runs one store operation at a time, of a publisher or a reader that a seed picks, and
on the way kills publishers, loses answers and refuses writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pytest

from lambdas.contracts import BY_TABLE
from lambdas.lake.errors import PreconditionError, RetryableError
from lambdas.lake.layout import LIVE
from lambdas.publish.merge import merge, project
from lambdas.publish.protocol import Publisher, Slot, StateLostError
from lambdas.publish.tables import GENERATION, read_gold, read_stored, stored_schema
from tests.fakes import FakeLake
from tests.publishing import quick_render, row, table
from tests.schedules import Schedule

if TYPE_CHECKING:
    from random import Random

    import pyarrow as pa

CART = BY_TABLE["cart"]
SLOT = Slot(LIVE, CART.table, "", 0)
PUBLISHERS, READERS = 4, 2
SEEDS_PER_TEST = 20


class KilledError(Exception):
    """The function died: it ran out of time or memory."""


@dataclass
class Mixtures:
    """What readers saw: whole objects, refusals, and bytes that never stood together."""

    whole: int = 0
    refused: int = 0
    mixed: int = 0


@dataclass
class Simulation:
    """Rival publishers and readers over one partition, under one schedule."""

    seed: int
    lake: FakeLake = field(default_factory=FakeLake)
    fault_rate: float = 0.12
    schedule: Schedule = field(init=False)
    deltas: list[pa.Table] = field(init=False)
    seen: Mixtures = field(default_factory=Mixtures)

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.seed)
        self.lake.before, self.lake.after = self._before, self._after
        self.deltas = [_any_delta(self.schedule.random) for _ in range(PUBLISHERS)]

    def run(self, *, careful: bool = True) -> None:
        publishers = [partial(self._publish, delta) for delta in self.deltas]
        readers = [partial(self._read, careful=careful) for _ in range(READERS)]
        self.schedule.run([*publishers, *readers])

    def _publish(self, delta: pa.Table) -> None:
        """Publishes until it succeeds, as the retries of Step Functions and the sweeper do."""
        publisher = Publisher(self.lake, quick_render, pause=lambda _attempt: None, attempts=3)
        while True:
            try:
                published = publisher.publish(SLOT, delta)
            except (KilledError, RetryableError):
                continue
            shown = self.lake.history(SLOT.gold_key)[-1]
            assert int(shown.metadata[GENERATION]) >= published.generation
            return

    def _read(self, *, careful: bool) -> None:
        """Reads gold in ranges, as engines read Parquet: each names the ETag if it is careful."""
        for _ in range(6):
            head = self.lake.head(SLOT.gold_key)
            if head is None:
                continue
            etag = head.etag if careful else None
            try:
                body = b"".join(
                    self.lake.get_range(SLOT.gold_key, start, end, etag)
                    for start, end in ((0, 700), (700, 1400), (1400, 1 << 20))
                )
            except PreconditionError:
                self.seen.refused += 1
                continue
            if body in [each.body for each in self.lake.history(SLOT.gold_key)]:
                self.seen.whole += 1
            else:
                self.seen.mixed += 1

    def _before(self, operation: str, key: str) -> None:
        self.schedule.step()
        if operation == "put" and self._unlucky():
            kinds = (PreconditionError(f"{key}: 409"), KilledError(f"before {key}"))
            raise self.schedule.random.choice(kinds)

    def _after(self, operation: str, key: str) -> None:
        """A lost answer: the client tries again and is told 412, or nobody is told anything."""
        if operation == "put" and self._unlucky():
            kinds = (PreconditionError(f"{key}: 412"), KilledError(f"after {key}"))
            raise self.schedule.random.choice(kinds)

    def _unlucky(self) -> bool:
        return self.schedule.random.random() < self.fault_rate


def violations(simulation: Simulation) -> list[str]:
    """What the protocol promises and did not keep."""
    lake = simulation.lake
    states = [read_stored(CART, each.body) for each in lake.history(SLOT.state_key)]
    golds = [read_gold(CART, each.body) for each in lake.history(SLOT.gold_key)]
    shown = [each.number for each in golds]
    by_number = {each.number: project(CART, each.table) for each in states}
    promises = {
        "no update is lost": states[-1].table.equals(_all_merged(simulation.deltas)),
        "the state's generations rise by one": [each.number for each in states]
        == list(range(1, len(states) + 1)),
        "gold's generations only rise": shown == sorted(set(shown)),
        "gold is the projection of the state of its generation": all(
            each.table.equals(by_number[each.number]) for each in golds
        ),
        "gold shows the newest state": shown[-1] == states[-1].number,
        "no two generations of state share their bytes": _all_differ(lake, SLOT.state_key),
        "no two generations of gold share their bytes": _all_differ(lake, SLOT.gold_key),
    }
    return [promise for promise, kept in promises.items() if not kept]


@pytest.mark.parametrize("first_seed", range(0, 200, SEEDS_PER_TEST))
def test_under_any_schedule_no_update_is_lost_and_gold_is_the_projection_of_state(
    first_seed: int,
) -> None:
    whole = 0
    for seed in range(first_seed, first_seed + SEEDS_PER_TEST):
        simulation = Simulation(seed)
        simulation.run()
        assert violations(simulation) == [], f"seed {seed}"
        assert simulation.seen.mixed == 0, f"seed {seed}"
        whole += simulation.seen.whole
    assert whole > 0


def test_a_ranged_reader_that_names_the_etag_is_refused_rather_than_given_a_mixture() -> None:
    seen = Mixtures()
    for seed in range(10):
        simulation = Simulation(seed, seen=seen)
        simulation.run()
    assert seen.mixed == 0
    assert seen.refused > 0


def test_a_ranged_reader_that_does_not_name_the_etag_can_see_a_mixture() -> None:
    seen = Mixtures()
    for seed in range(10):
        simulation = Simulation(seed, seen=seen)
        simulation.run(careful=False)
    assert seen.mixed > 0


@dataclass
class CarelessLake(FakeLake):
    """Drops the conditions on the keys under `careless`."""

    careless: str = ""

    def put(
        self,
        key: str,
        body: bytes,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> str:
        if key.startswith(self.careless):
            if_match = if_none_match = None
        return super().put(
            key, body, if_match=if_match, if_none_match=if_none_match, metadata=metadata
        )


@pytest.mark.parametrize("careless", ["work/state/", "gold/"])
def test_without_its_condition_either_write_breaks_the_promises(careless: str) -> None:
    """Shows that the schedules above are hard enough to tell."""
    broken = 0
    for seed in range(10):
        simulation = Simulation(seed, CarelessLake(careless=careless))
        try:
            simulation.run()
        except StateLostError:  # the protocol noticed by itself
            broken += 1
        else:
            broken += bool(violations(simulation))
    assert broken > 0


def test_the_same_seed_gives_the_same_history() -> None:
    histories = []
    for _ in range(2):
        simulation = Simulation(7)
        simulation.run()
        histories.append([each.etag for each in simulation.lake.history(SLOT.gold_key)])
    assert histories[0] == histories[1]


def _any_delta(random: Random) -> pa.Table:
    """Few keys, so that deltas meet; whether a row is deleted follows from key and revision."""
    keys = random.sample(range(1, 9), random.randint(1, 5))
    found = [(key, random.randint(1, 4)) for key in keys]
    return table(CART, [row(CART, key, rev, deleted=(key + rev) % 4 == 0) for key, rev in found])


def _all_merged(deltas: list[pa.Table]) -> pa.Table:
    state = stored_schema(CART).empty_table()
    for delta in deltas:
        state = merge(CART, state, delta).table
    return state


def _all_differ(lake: FakeLake, key: str) -> bool:
    etags = [each.etag for each in lake.history(key)]
    return len(etags) == len(set(etags))
