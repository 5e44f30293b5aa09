"""Objects that were promoted are promoted once more at an operator's word."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import pytest

from lambdas.dispatch import commands
from lambdas.lake.documents import RawObject
from tests.dispatching import World, always, raw


def again(world: World, *objects: RawObject, **event: Any) -> dict[str, Any]:
    asked = {"again": "a1", "objects": [asdict(each) for each in objects], **event}
    return commands.again(asked, world.dispatcher).answer()


def test_promotes_what_was_promoted_once_more_however_often_it_is_asked() -> None:
    world = World([raw(1), raw(2)])
    world.dispatcher.dispatch([raw(1), raw(2)])
    world.finish()
    asked = again(world, raw(1))
    assert (asked["started"], asked["objects"]) == (1, 1)
    assert again(world, raw(1))["standing"] == 1
    world.finish()
    assert world.promoted() == Counter({raw(1): 2, raw(2): 1})
    assert world.manifest(*asked["names"]).target == ""


def test_takes_no_object_from_the_run_that_has_it() -> None:
    world = World([raw(1)])
    again(world, raw(1))
    world.dispatcher.dispatch([raw(1)])
    assert len(world.executions.statuses) == 2


def test_what_fails_is_redriven_as_other_runs_are() -> None:
    world = World([raw(1)])
    (name,) = again(world, raw(1))["names"]
    world.finish(lambda _: True)
    assert commands.redrive({}, world.dispatcher, always).answer()["names"] == [f"{name}-2"]


def test_a_dry_run_starts_nothing() -> None:
    world = World([raw(1)])
    assert again(world, raw(1), dry_run=True)["started"] == 1
    assert world.executions.statuses == {}


@pytest.mark.parametrize(
    ("objects", "named"),
    [
        ([], "1 to 1000"),
        ("raw/x", "a list"),
        ([{"key": "raw/x"}], "version_id"),
        ([{"key": "gold/x", "version_id": "v"}], "gold/x"),
    ],
)
def test_what_is_no_raw_object_is_refused_by_name(objects: Any, named: str) -> None:
    event = {"again": "a1", "objects": objects}
    with pytest.raises(commands.CommandError, match=named):
        commands.again(event, World().dispatcher)


def test_what_waits_for_its_backfill_is_passed_over_until_it_has_been_promoted() -> None:
    waits = RawObject("raw/history/backfill/1.parquet", "v1")
    world = World([waits, raw(1)])
    asked = again(world, waits, raw(1))
    assert (asked["started"], asked["objects"], asked["passed_over"]) == (1, 1, 1)
    assert again(world, waits)["started"] == 0
    world.dispatcher.dispatch([waits])
    assert again(world, waits)["objects"] == 1
