"""The full pass: whatever the folder, no object is overlooked for good, at a bounded cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from lambdas.dispatch.full_pass import Cursor, FullPass
from lambdas.dispatch.runs import run_digest
from lambdas.dispatch.sweep import Sweep
from tests.dispatching import FAILED, NOW, CrashError, FailsFirst, World, always, raw

if TYPE_CHECKING:
    from datetime import datetime

    from lambdas.lake.documents import RawObject

TICK = timedelta(minutes=15)


@dataclass
class FakeCursors:
    cursor: Cursor | None = None

    def read(self) -> Cursor | None:
        return self.cursor

    def write(self, cursor: Cursor) -> None:
        self.cursor = cursor


def late(number: int) -> RawObject:
    """An object of this hour under a day seven years ago."""
    return replace(raw(number), key=f"raw/customer/dt=2019-01-01/{number:06d}.ndjson.gz")


def full_pass(pages: int = 10) -> FullPass:
    return FullPass(FakeCursors(), pages, timedelta(days=3), timedelta(minutes=15))


def tick(slow: FullPass, world: World, now: datetime = NOW) -> Sweep:
    return slow.go_on(Sweep(world.dispatcher), world.versions, now, always)


def test_what_lands_under_an_old_day_unannounced_is_found() -> None:
    world = World([late(1), raw(2)])
    assert world.sweep().checked == 1
    assert tick(full_pass(), world).unclaimed == [late(1).key]
    world.finish()
    assert world.promoted() == Counter([late(1), raw(2)])


def test_a_tick_looks_at_so_many_pages_and_the_next_goes_on_behind_them() -> None:
    objects = [late(number) for number in range(7)]
    world, slow = World(objects, max_objects=2), full_pass(pages=1)
    ticks = [tick(slow, world) for _ in range(5)]
    assert [each.checked for each in ticks] == [2, 2, 2, 1, 0]
    assert [each.complete for each in ticks] == [False, False, False, False, True]
    world.finish()
    assert world.promoted() == Counter(objects)


def test_it_stops_when_time_runs_out() -> None:
    world, slow = World([late(1), late(2)], max_objects=1), full_pass()
    sweep = slow.go_on(Sweep(world.dispatcher), world.versions, NOW, lambda: False)
    assert (sweep.checked, sweep.complete) == (1, False)
    assert tick(slow, world).unclaimed == [late(2).key]


def test_one_that_is_through_rests_until_a_day_after_it_began() -> None:
    world, slow = World([late(1)]), full_pass()
    tick(slow, world)
    world.versions.modified[late(2)] = NOW
    assert tick(slow, world, NOW + timedelta(days=1) - TICK).checked == 0
    assert tick(slow, world, NOW + timedelta(days=1)).unclaimed == [late(2).key]


@pytest.mark.parametrize("crash_in", range(0, 12, 3))
def test_a_page_that_a_crash_interrupted_is_gone_through_again(crash_in: int) -> None:
    objects = [late(number) for number in range(4)]
    world, slow = World(objects, max_objects=2), full_pass(pages=1)
    world.faults.crash_in = crash_in
    with pytest.raises(CrashError):
        tick(slow, world)
    for _ in range(3):
        tick(slow, world)
    world.finish()
    assert world.promoted() == Counter(objects)


def test_a_failed_run_of_late_objects_gets_its_next_attempt_and_one_that_stands_none() -> None:
    world = World([late(1), late(2)])
    world.dispatcher.dispatch([late(1)])
    world.dispatcher.dispatch([late(2)])
    failed, stands = run_digest([late(1)]), run_digest([late(2)])
    world.finish(lambda name: name == failed)
    sweep = tick(full_pass(), world)
    assert sweep.stalled == {failed}
    assert world.executions.statuses.keys() == {failed, f"{failed}-2", stands}


def test_runs_that_the_sweeps_look_after_are_left_to_them() -> None:
    world = World([raw(1)])
    world.dispatcher.dispatch([raw(1)])
    world.finish(FailsFirst(1))
    assert tick(full_pass(), world).stalled == set()
    assert world.executions.statuses == {run_digest([raw(1)]): FAILED}


def test_what_is_too_young_or_may_have_lost_its_claim_is_left_alone() -> None:
    world = World([late(1), late(2)])
    world.versions.modified[late(1)] = NOW - timedelta(minutes=14)
    world.versions.modified[late(2)] = NOW - timedelta(days=81)
    assert tick(full_pass(), world).checked == 0
