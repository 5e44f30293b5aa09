"""History is promoted in portions, each object once, and what breaks off is gone on with."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.dispatch.backfill import (
    Backfill,
    EmptyBackfillError,
    ExhaustedError,
    PrefixError,
    UnfinishedError,
    checked_prefix,
)
from lambdas.dispatch.runs import MAX_BYTES, portioned
from lambdas.lake.documents import RawObject
from lambdas.lake.layout import BackfillKeys, is_held
from tests.dispatching import NOW, World, raw

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "raw/history/backfill/"


def held(number: int, size: int = MAX_BYTES // 2) -> RawObject:
    return RawObject(f"{PREFIX}{number:03d}.parquet", "v1", size)


def backfill(world: World, name: str = "backfill-1") -> Backfill:
    return Backfill(world.lake, world.dispatcher, name)


def drive(
    world: World, running: Backfill, fails: Callable[[str], bool] = lambda _: False
) -> list[str]:
    """As the state machine does, with runs that end while it waits; the portions' ends."""
    planned = running.plan(world.versions, PREFIX, NOW)
    ends = []
    for number in range(planned["count"]):
        state = "failed"
        while state == "failed":
            try:
                runs = running.start(number)
            except ExhaustedError:
                break
            world.finish(fails)
            state = running.look(number, runs)
        ends.append(state)
    return ends


def test_every_object_is_in_one_successful_run_and_portions_are_neighbours() -> None:
    world = World([held(number) for number in range(5)])
    running = backfill(world)
    assert drive(world, running) == ["done"] * 3
    assert world.promoted() == Counter({held(number): 1 for number in range(5)})
    assert running.conclude(3) == {"backfill": "backfill-1", "portions": 3}
    noted = json.loads(world.lake.get(BackfillKeys("backfill-1").done(0)).body)
    assert [world.manifest(run).objects for run in noted["runs"]] == [[held(0), held(1)]]


def test_portions_are_as_small_as_is_set() -> None:
    world = World([held(number, 1) for number in range(5)])
    running = Backfill(world.lake, world.dispatcher, "backfill-1", portion_objects=2)
    assert drive(world, running) == ["done"] * 3


def test_a_second_backfill_starts_nothing_that_the_first_has_done() -> None:
    world = World([held(number) for number in range(3)])
    drive(world, backfill(world))
    world.versions.modified[held(3)] = world.versions.modified[held(0)]
    again = backfill(world, "backfill-2")
    assert drive(world, again) == ["done", "done"]
    assert world.promoted() == Counter({held(number): 1 for number in range(4)})


def test_a_run_that_fails_gets_its_next_attempt() -> None:
    world = World([held(1)])
    failing = iter([True, True, False])
    assert drive(world, backfill(world), lambda _: next(failing)) == ["done"]
    assert world.promoted() == Counter({held(1): 1})


def test_a_portion_whose_runs_keep_failing_holds_up_no_other_and_is_named() -> None:
    world = World([held(1), held(2, 1), held(3, MAX_BYTES)])
    running = backfill(world)
    bad = {raw_object.key for raw_object in (held(1), held(2, 1))}
    ends = drive(
        world, running, lambda name: bool(bad & {o.key for o in world.manifest(name).objects})
    )
    assert ends == ["failed", "done"]
    with pytest.raises(UnfinishedError, match=r"portions \[0\]"):
        running.conclude(2)


def test_a_portion_that_works_is_no_end_of_it() -> None:
    world = World([held(1)])
    running = backfill(world)
    running.plan(world.versions, PREFIX, NOW)
    assert running.look(0, running.start(0)) == "running"


def test_nothing_under_the_prefix_is_told() -> None:
    with pytest.raises(EmptyBackfillError, match=PREFIX):
        backfill(World([raw(1)])).plan(World([raw(1)]).versions, PREFIX, NOW)


def test_what_may_have_been_promoted_so_long_ago_that_nobody_knows_is_passed_over() -> None:
    world = World([held(1), held(2)])
    later = NOW + timedelta(days=81)
    world.versions.modified[held(3)] = later
    planned = backfill(world).plan(world.versions, PREFIX, later)
    assert (planned["count"], planned["passed_over"]) == (1, 2)
    del world.versions.modified[held(3)]
    with pytest.raises(EmptyBackfillError, match="2 objects that are older than 80 days"):
        backfill(world).plan(world.versions, PREFIX, later)


def test_what_waits_for_a_backfill_is_dispatched_by_nothing_else() -> None:
    assert is_held(held(1).key)
    assert not is_held("raw/history/2016/backfill/x")
    world = World([held(1), raw(1)])
    world.sweep(prefix="raw/")
    world.finish()
    assert world.promoted() == Counter({raw(1): 1})


@pytest.mark.parametrize(
    "prefix", [PREFIX, "raw/history/2016", "raw/history/", f"{PREFIX}a\nb/../{'ä' * 480}"]
)
def test_a_prefix_within_one_source_may_end_anywhere(prefix: str) -> None:
    assert checked_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", [None, "", "raw/", "raw/hist", "raw//x", "gold/history/", 7])
def test_a_prefix_that_others_sources_have_too_is_refused(prefix: object) -> None:
    with pytest.raises(PrefixError, match="within one source"):
        checked_prefix(prefix)


def test_backfills_of_overlapping_prefixes_at_once_promote_each_object_once() -> None:
    world = World([held(number, 1) for number in range(6)])
    first = Backfill(world.lake, world.dispatcher, "backfill-1", portion_objects=4)
    second = Backfill(world.lake, world.dispatcher, "backfill-2", portion_objects=3)
    planned = [each.plan(world.versions, PREFIX, NOW) for each in (first, second)]
    runs = [(second, 0, second.start(0)), (first, 0, first.start(0)), (first, 1, first.start(1))]
    runs.append((second, 1, second.start(1)))
    assert {each.look(number, names) for each, number, names in runs} == {"running"}
    world.finish()
    assert {each.look(number, names) for each, number, names in runs} == {"done"}
    assert [each.conclude(2)["portions"] for each in (first, second)] == [2, 2]
    assert [each["count"] for each in planned] == [2, 2]
    assert world.promoted() == Counter({held(number, 1): 1 for number in range(6)})


def test_one_that_was_stopped_is_begun_again_with_what_came_meanwhile() -> None:
    world = World([held(number) for number in range(1, 5)])
    stopped = backfill(world)
    stopped.plan(world.versions, PREFIX, NOW)
    stopped.start(0)
    world.versions.modified[held(0)] = world.versions.modified[held(1)]
    assert drive(world, backfill(world, "backfill-2")) == ["done"] * 3
    assert world.promoted() == Counter({held(number): 1 for number in range(5)})


@settings(deadline=None)
@given(
    sizes=st.lists(st.integers(0, 100), max_size=30),
    objects=st.integers(1, 5),
    most=st.integers(1, 150),
)
def test_portions_hold_everything_in_order_and_no_more_than_a_run_may(
    sizes: list[int], objects: int, most: int
) -> None:
    given_objects = [held(number, size) for number, size in enumerate(sizes)]
    portions = list(portioned(given_objects, objects, most))
    assert [each for portion in portions for each in portion] == given_objects
    for portion in portions:
        assert 1 <= len(portion) <= objects
        assert len(portion) == 1 or sum(each.size for each in portion) <= most
