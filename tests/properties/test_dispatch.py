"""Every raw object version ends in exactly one successful run, whatever happens on the way."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dispatching import CrashError, FailsFirst, World, raw
from tests.schedules import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.lake.documents import RawObject

OBJECTS = 9
objects = [raw(number // 2, f"v{number % 2}") for number in range(OBJECTS)]
batches = st.lists(st.sampled_from(objects), min_size=1, max_size=8)
few_failures = st.integers(0, 3)


@dataclass(frozen=True)
class Event:
    """Something that happens to the dispatcher: a delivery, a sweep or the end of running runs.

    The process that handles it dies at its `crash_in`th operation, if it comes so far.
    """

    kind: str
    batch: tuple[int, ...] = ()
    crash_in: int | None = None

    def happen(self, world: World, fails: Callable[[str], bool]) -> None:
        world.faults.crash_in = self.crash_in
        with suppress(CrashError):
            if self.kind == "deliver":
                world.dispatcher.dispatch([objects[index] for index in self.batch])
            elif self.kind == "sweep":
                world.sweep()
            else:
                world.finish(fails)
        world.faults.crash_in = None


indexes = st.lists(st.integers(0, OBJECTS - 1), min_size=1, max_size=8).map(tuple)
crash_points = st.none() | st.integers(0, 45)
history = st.lists(
    st.builds(Event, st.just("deliver"), indexes, crash_points)
    | st.builds(Event, st.just("sweep"), st.just(()), crash_points)
    | st.just(Event("finish")),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(history, st.integers(1, 4), few_failures)
def test_crashes_duplicates_and_overlaps_leave_each_object_in_one_successful_run(
    events: list[Event], max_objects: int, failures: int
) -> None:
    world, fails = World(objects, max_objects=max_objects), FailsFirst(failures)
    for event in events:
        event.happen(world, fails)
    world.settle(fails)
    assert world.promoted() == Counter(objects)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(batches, min_size=2, max_size=3), st.integers(0, 2**32), st.integers(1, 4), st.data()
)
def test_concurrent_dispatchers_and_sweepers_leave_each_object_in_one_successful_run(
    deliveries: list[list[RawObject]], seed: int, max_objects: int, data: st.DataObject
) -> None:
    world, fails = World(objects, max_objects=max_objects), FailsFirst(data.draw(few_failures))
    schedule = Schedule(seed)
    world.faults.step = schedule.step
    schedule.run(
        [
            *(partial(_deliver, world, batch) for batch in deliveries),
            partial(_sweep, world),
            partial(_finish_often, world, fails, schedule),
        ]
    )
    world.settle(fails)
    assert world.promoted() == Counter(objects)


@settings(max_examples=60, deadline=None)
@given(st.lists(indexes, min_size=1, max_size=6), st.integers(1, 4), st.integers(0, 45))
def test_redelivery_alone_starts_all_that_a_crash_left_behind(
    deliveries: list[tuple[int, ...]], max_objects: int, crash_in: int
) -> None:
    world = World(max_objects=max_objects)
    for batch in deliveries:
        Event("deliver", batch, crash_in).happen(world, FailsFirst(0))
    announced = {index for batch in deliveries for index in batch}
    for index in sorted(announced):
        Event("deliver", (index,)).happen(world, FailsFirst(0))
    world.finish()
    assert world.promoted() == Counter(objects[index] for index in announced)


@settings(max_examples=60, deadline=None)
@given(st.lists(indexes, min_size=1, max_size=4), st.data())
def test_the_order_and_repetition_of_announcements_within_a_batch_make_no_other_run(
    deliveries: list[tuple[int, ...]], data: st.DataObject
) -> None:
    world = World()
    for batch in deliveries:
        world.dispatcher.dispatch([objects[index] for index in batch])
        before = dict(world.executions.statuses)
        again = data.draw(st.permutations(batch + batch))
        world.dispatcher.dispatch([objects[index] for index in again])
        assert world.executions.statuses == before


def _deliver(world: World, batch: list[RawObject]) -> None:
    world.dispatcher.dispatch(batch)


def _sweep(world: World) -> None:
    world.sweep()


def _finish_often(world: World, fails: FailsFirst, schedule: Schedule) -> None:
    for _ in range(12):
        schedule.step()
        world.finish(fails)
