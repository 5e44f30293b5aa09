"""What a batch of announced objects starts, and what it leaves alone."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from lambdas.dispatch.dispatcher import Dispatcher, ExecutionNotVisibleError, Outcome
from lambdas.dispatch.manifests import Manifests
from lambdas.dispatch.runs import Origin, run_digest
from lambdas.lake.documents import RawObject
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import RunKeys
from tests.dispatching import (
    FAILED,
    PAYLOAD_LIMIT,
    RUNNING,
    SUCCEEDED,
    CrashError,
    FailsFirst,
    World,
    raw,
)


def test_a_batch_makes_one_run_named_by_its_objects_whose_input_is_the_manifests_key() -> None:
    world, objects = World(), [raw(2), raw(1), raw(2, "v2")]
    (decision,) = world.dispatcher.dispatch(objects)
    digest = run_digest(objects)
    assert (decision.outcome, decision.name) == (Outcome.STARTED, digest)
    assert json.loads(world.executions.inputs[digest]) == {
        "run": digest,
        "manifest": RunKeys(digest).manifest,
    }
    manifest = world.manifest(digest)
    assert (manifest.run, manifest.digest, manifest.attempt) == (digest, digest, 1)
    assert manifest.objects == sorted(objects)
    assert manifest.target == ""


def test_what_was_captured_waits_for_no_file() -> None:
    world, file = World(), RawObject("raw/aaa/dt=2026-03-17/till/1.csv", "v1")
    first, second = world.dispatcher.dispatch([file, raw(2), raw(1)])
    assert world.manifest(first.name).objects == [raw(1), raw(2)]
    assert world.manifest(second.name).objects == [file]


def test_each_origin_is_waited_for_before_any_of_it_is_claimed() -> None:
    world = World()
    claimed: list[int] = []
    file = RawObject("raw/shop/till.csv", "v1")
    world.dispatcher.dispatch([file, raw(1)], lambda _: claimed.append(len(world.claims.table)))
    world.dispatcher.dispatch([raw(2)], lambda origin: claimed.append(int(origin)))
    assert claimed == [0, 1, int(Origin.CAPTURED)]


def test_nothing_announced_starts_nothing() -> None:
    world = World()
    assert world.dispatcher.dispatch([]) == []
    assert world.executions.statuses == {}


def test_an_overlapping_batch_takes_only_what_is_free() -> None:
    world = World()
    world.dispatcher.dispatch([raw(1), raw(2)])
    world.dispatcher.dispatch([raw(2), raw(3)])
    world.finish()
    assert world.promoted() == Counter([raw(1), raw(2), raw(3)])
    assert world.manifest(run_digest([raw(2), raw(3)])).objects == [raw(3)]


def test_a_batch_of_which_nothing_is_free_starts_no_run_of_its_own() -> None:
    world = World()
    world.dispatcher.dispatch([raw(1), raw(2)])
    assert [each.outcome for each in world.dispatcher.dispatch([raw(2)])] == [Outcome.STANDING]
    assert world.runs() == {run_digest([raw(1), raw(2)])}


@pytest.mark.parametrize("status", [RUNNING, SUCCEEDED, "PENDING_REDRIVE"])
def test_a_run_that_stands_is_left_alone(status: str) -> None:
    world, run = World(), run_digest([raw(1)])
    world.dispatcher.dispatch([raw(1)])
    world.executions.statuses[run] = status
    (decision,) = world.dispatcher.dispatch([raw(1)])
    assert (decision.outcome, decision.name) == (Outcome.STANDING, run)
    assert world.executions.statuses == {run: status}


@pytest.mark.parametrize("status", [FAILED, "TIMED_OUT", "ABORTED"])
def test_a_failed_run_of_the_same_name_gets_its_next_attempt(status: str) -> None:
    world, run = World(), run_digest([raw(1)])
    world.dispatcher.dispatch([raw(1)])
    world.executions.statuses[run] = status
    (decision,) = world.dispatcher.dispatch([raw(1)])
    assert (decision.outcome, decision.name) == (Outcome.STARTED, f"{run}-2")
    manifest = world.manifest(f"{run}-2")
    assert (manifest.run, manifest.digest, manifest.attempt) == (f"{run}-2", run, 2)
    assert manifest.objects == [raw(1)]


def test_attempts_that_start_by_themselves_are_bounded() -> None:
    world, always_fails = World([raw(1)]), FailsFirst(1_000)
    world.dispatcher.dispatch([raw(1)])
    world.settle(always_fails)
    assert len(world.executions.statuses) == world.dispatcher.max_attempts
    (decision,) = world.dispatcher.dispatch([raw(1)])
    assert decision.outcome is Outcome.EXHAUSTED
    assert len(world.executions.statuses) == world.dispatcher.max_attempts


def test_a_name_that_is_taken_but_not_described_yet_is_tried_again_later() -> None:
    world = World()
    world.dispatcher.dispatch([raw(1)])

    class Lagging:
        def __getattr__(self, name: str) -> object:
            return getattr(world.executions, name)

        def status(self, _name: str) -> None:
            return None

    lagging = Dispatcher(world.claims, Lagging(), Manifests(world.lake))  # type: ignore[arg-type]  # by __getattr__
    with pytest.raises(ExecutionNotVisibleError):
        lagging.dispatch([raw(1)])


def test_a_run_whose_candidates_are_gone_holds_up_no_other() -> None:
    world = World()
    world.faults.crash_in = 4
    with pytest.raises(CrashError):
        world.dispatcher.dispatch([raw(1), raw(2)])
    world.lake.delete(RunKeys(run_digest([raw(1), raw(2)])).candidates)
    file = RawObject("raw/shop/till.csv", "v1")
    with pytest.raises(ObjectMissingError):
        world.dispatcher.dispatch([file, raw(1), raw(3)])
    world.finish()
    assert world.promoted() == Counter([raw(3), file])


def test_five_thousand_objects_at_once_make_few_runs_and_no_payload_grows_with_them() -> None:
    folder = "raw/transaction/dt=2026-03-17/"
    objects = [
        RawObject(f"{folder}{number:05d}-".ljust(1_024, "x"), "v" * 32, 1 << 10)
        for number in range(5_000)
    ]
    world = World(objects)
    announced = objects + objects[:700]
    Random(17).shuffle(announced)
    for start in range(0, len(announced), 1_900):
        world.dispatcher.dispatch(announced[start : start + 1_900])
    world.settle()
    assert world.promoted() == Counter(objects)
    assert len(world.runs()) <= 8
    for name, run_input in world.executions.inputs.items():
        assert len(name) <= 80
        assert len(run_input) < 1_000 < PAYLOAD_LIMIT
    assert max(len(world.manifest(name).objects) for name in world.executions.statuses) == 1_000
