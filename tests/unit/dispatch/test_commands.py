"""The sweeper, and what operators ask for."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from lambdas.dispatch import commands
from lambdas.dispatch.redrive import UnknownRunError
from lambdas.dispatch.runs import RunsIdError, run_digest
from lambdas.dispatch.settings import DispatchSettings, SettingError
from lambdas.lake.layout import RunKeys
from tests.dispatching import FAILED, NOW, RUNNING, FailsFirst, World, always, raw

SETTINGS = DispatchSettings("lake", "control", "arn")


def never() -> bool:
    return False


def redrive(world: World, **event: Any) -> dict[str, Any]:
    return commands.redrive(event, world.dispatcher, always).answer()


class TestSweep:
    def test_dispatches_what_no_event_announced(self) -> None:
        world = World([raw(1), raw(2)])
        answer = world.sweep().answer()
        assert (answer["checked"], answer["unclaimed"], answer["started"]) == (2, 2, 1)
        world.finish()
        assert world.promoted() == Counter([raw(1), raw(2)])

    def test_leaves_alone_what_is_young_or_long_past(self) -> None:
        world = World([raw(1), raw(2), raw(3)])
        world.versions.modified[raw(1)] = NOW - timedelta(minutes=14)
        world.versions.modified[raw(2)] = NOW - timedelta(days=3, minutes=1)
        assert world.sweep().checked == 1
        world.finish()
        assert world.promoted() == Counter([raw(3)])

    def test_starts_nothing_again_that_stands(self) -> None:
        world = World([raw(1)])
        world.sweep()
        before = dict(world.executions.statuses)
        assert world.sweep().stalled == set()
        world.finish()
        assert world.sweep().stalled == set()
        assert world.executions.statuses.keys() == before.keys()

    def test_gives_a_failed_run_one_more_attempt_a_pass(self) -> None:
        world, run = World([raw(1), raw(2)]), run_digest([raw(1), raw(2)])
        world.dispatcher.dispatch([raw(1), raw(2)])
        world.finish(FailsFirst(1))
        assert world.sweep().answer()["started"] == 1
        assert world.executions.statuses == {run: FAILED, f"{run}-2": RUNNING}

    def test_a_dry_run_only_counts(self) -> None:
        world = World([raw(1), raw(2)])
        world.dispatcher.dispatch([raw(1)])
        world.finish(FailsFirst(1))
        before = dict(world.executions.statuses)
        answer = world.sweep(dry_run=True).answer()
        assert (answer["unclaimed"], answer["stalled"], answer["started"]) == (1, 1, 0)
        assert (answer["objects"], answer["bytes"]) == ([raw(2).key], 100)
        assert answer["runs"] == [run_digest([raw(1)])]
        assert world.executions.statuses == before

    def test_goes_on_where_time_ran_out(self) -> None:
        world = World([raw(number) for number in range(5)], max_objects=2)
        event: dict[str, Any] = {"prefix": "raw/"}
        passes = 0
        while passes == 0 or event["after"]:
            window = commands.window(event, SETTINGS, NOW)
            done = commands.sweep(event, world.dispatcher, world.versions, window, never)
            event, passes = {**event, "after": done.answer()["next"]}, passes + 1
        world.finish()
        assert world.promoted() == Counter(raw(number) for number in range(5))
        assert passes > 2

    def test_that_could_not_finish_says_so(self) -> None:
        world = World([raw(1)])
        window = commands.window({}, SETTINGS, NOW)
        done = commands.sweep({}, world.dispatcher, world.versions, window, never)
        assert (done.answer()["complete"], done.answer()["next"]) == (False, None)
        assert world.sweep().complete

    def test_reports_a_run_that_cannot_be_healed_and_goes_on(self) -> None:
        world = World([raw(1), raw(2)])
        world.claims.claim([raw(1)], "0" * 32)
        swept = world.sweep()
        assert swept.unreadable == ["0" * 32]
        world.finish()
        assert world.promoted() == Counter([raw(2)])

    def test_looks_under_a_prefix_if_told(self) -> None:
        world = World([raw(1), raw(20)])
        assert world.sweep(prefix="raw/customer/dt=2026-03-17/00002").checked == 1

    def test_lists_no_folder_older_than_its_window(self) -> None:
        window = commands.window({}, SETTINGS, NOW)
        world = World([raw(1)])
        assert len(list(window.listed(world.versions))) == 1
        assert [day.isoformat() for day in world.versions.days_asked] == ["2026-03-12"]

    @pytest.mark.parametrize(
        "event",
        [
            {"prefix": "gold/"},
            {"prefix": ""},
            {"lookback_days": 90},
            {"lookback_days": "3"},
            {"after": {"key": "raw/a", "version_id": "v1"}},
        ],
    )
    def test_refuses_to_look_elsewhere_or_beyond_the_claims(self, event: dict[str, Any]) -> None:
        with pytest.raises(commands.CommandError):
            commands.window(event, SETTINGS, NOW)


class TestRedrive:
    def test_starts_the_next_attempt_of_all_failed_runs_and_of_no_other(self) -> None:
        world = World()
        for number in range(3):
            world.dispatcher.dispatch([raw(number)])
        runs = [run_digest([raw(number)]) for number in range(3)]
        world.executions.statuses[runs[0]] = FAILED
        world.executions.statuses[runs[1]] = "ABORTED"
        world.executions.statuses["by-hand"] = FAILED
        answer = redrive(world)
        assert answer["names"] == sorted(f"{run}-2" for run in runs[:2])
        assert answer["complete"]
        again = redrive(world)
        assert (again["started"], again["standing"]) == (0, 2)

    def test_is_not_bounded_by_the_attempts_that_start_by_themselves(self) -> None:
        world = World([raw(1)])
        world.dispatcher.dispatch([raw(1)])
        world.settle(FailsFirst(1_000))
        run = run_digest([raw(1)])
        assert redrive(world, run=run)["names"] == [f"{run}-6"]
        world.finish()
        assert world.promoted() == Counter([raw(1)])

    def test_takes_the_name_of_any_attempt(self) -> None:
        world, run = World(), run_digest([raw(1)])
        world.dispatcher.dispatch([raw(1)])
        world.finish(FailsFirst(1))
        assert redrive(world, run=f"{run}-7")["names"] == [f"{run}-2"]

    @pytest.mark.parametrize("fails", [0, 1])
    def test_a_run_that_stands_is_left_alone(self, fails: int) -> None:
        world, run = World([raw(1)]), run_digest([raw(1)])
        world.dispatcher.dispatch([raw(1)])
        world.settle(FailsFirst(fails))
        before = dict(world.executions.statuses)
        assert redrive(world, run=run)["standing"] == 1
        assert world.executions.statuses == before

    def test_a_dry_run_names_what_it_would_start(self) -> None:
        world, run = World(), run_digest([raw(1)])
        world.dispatcher.dispatch([raw(1)])
        world.finish(FailsFirst(1))
        answer = redrive(world, dry_run=True)
        assert (answer["names"], answer["objects"], answer["bytes"]) == ([f"{run}-2"], 1, 100)
        assert world.executions.statuses == {run: FAILED}

    def test_takes_only_what_failed_for_the_reason_given(self) -> None:
        world = World()
        for number in range(3):
            world.dispatcher.dispatch([raw(number)])
        world.finish(lambda _: True)
        runs = [run_digest([raw(number)]) for number in range(3)]
        for run, error in zip(runs[:2], ("LoadFailedError", "ConservationError"), strict=True):
            told = {"status": "FAILED", "error": error, "cause": None}
            world.lake.put(RunKeys(run).failure, json.dumps(told).encode())
        answer = redrive(world, reason="loadfailed")
        assert (answer["names"], answer["passed_over"]) == ([f"{runs[0]}-2"], 2)
        with pytest.raises(commands.CommandError, match="without a run"):
            redrive(world, reason="x", run=runs[0])

    def test_the_reason_may_be_that_of_a_maps_item(self) -> None:
        world, run = World(), run_digest([raw(1)])
        world.dispatcher.dispatch([raw(1)])
        world.finish(lambda _: True)
        item = {"execution": "arn", "error": "StateLostError", "cause": "work/state/sales: gone"}
        told = {"status": "FAILED", "error": "States.Exceeded", "cause": "too many", "item": item}
        world.lake.put(RunKeys(run).failure, json.dumps(told).encode())
        assert redrive(world, reason="AccessDenied", dry_run=True)["started"] == 0
        assert redrive(world, reason="statelost", dry_run=True)["started"] == 1
        assert redrive(world, reason="state/sales", dry_run=True)["started"] == 1

    def test_the_reason_is_the_newest_attempts(self) -> None:
        world, run = World(), run_digest([raw(1)])
        world.dispatcher.dispatch([raw(1)])
        world.finish(lambda _: True)
        redrive(world)
        world.finish(lambda _: True)
        for name, error in {run: "First", f"{run}-2": "Second"}.items():
            told = {"status": "FAILED", "error": error, "cause": None}
            world.lake.put(RunKeys(name).failure, json.dumps(told).encode())
        assert redrive(world, reason="First", dry_run=True)["started"] == 0
        assert redrive(world, reason="Second", dry_run=True)["names"] == [f"{run}-3"]

    def test_stops_when_time_runs_out_and_says_so(self) -> None:
        world = World()
        for number in range(3):
            world.dispatcher.dispatch([raw(number)])
        world.finish(lambda _: True)
        answer = commands.redrive({}, world.dispatcher, never).answer()
        assert (answer["started"], answer["complete"]) == (1, False)

    def test_many_failed_runs_make_a_small_answer(self) -> None:
        world = World()
        for number in range(150):
            world.dispatcher.dispatch([raw(number)])
        world.finish(lambda _: True)
        answer = redrive(world)
        assert (answer["started"], len(answer["names"])) == (150, 100)

    @pytest.mark.parametrize("run", ["0" * 32, "by-hand"])
    def test_an_unknown_run_is_named(self, run: str) -> None:
        with pytest.raises(UnknownRunError, match=run):
            redrive(World(), run=run)

    def test_the_text_false_is_no_flag(self) -> None:
        with pytest.raises(commands.CommandError, match="dry_run"):
            redrive(World(), dry_run="false")


class TestReplay:
    def test_takes_every_version_into_its_own_target_and_claims_none(self) -> None:
        objects = [raw(1), raw(1, "v2"), raw(2)]
        world = World(objects)
        world.dispatcher.dispatch(objects)
        claims = dict(world.claims.table)
        done = self.replay(world, "r1")
        assert (done["objects"], done["started"], done["next"]) == (3, 1, None)
        (name,) = world.runs() - {run_digest(objects)}
        assert name.startswith("replay-r1-")
        assert world.manifest(name).objects == objects
        assert world.manifest(name).target == "work/replay/r1/"
        assert world.claims.table == claims

    def test_repeated_it_starts_only_what_does_not_stand(self) -> None:
        world = World([raw(number) for number in range(4)], max_objects=2)
        self.replay(world, "r1")
        first, second = world.executions.statuses
        world.executions.statuses[second] = FAILED
        assert self.replay(world, "r1")["started"] == 1
        assert world.executions.statuses == {
            first: RUNNING,
            second: FAILED,
            f"{second}-2": RUNNING,
        }

    def test_goes_on_where_time_ran_out_and_takes_each_version_once(self) -> None:
        objects = [raw(number // 2, f"v{number % 2}") for number in range(9)]
        world, after, calls = World(objects, max_objects=2), None, 0
        while calls == 0 or after:
            event = {"replay": "r1", "after": after}
            done = commands.replay(event, world.dispatcher, world.versions, never)
            after, calls = done.answer()["next"], calls + 1
        world.finish()
        assert calls > 4
        assert world.promoted() == Counter(objects)

    def test_a_dry_run_only_counts(self) -> None:
        world = World([raw(1), raw(2)])
        done = self.replay(world, "r1", dry_run=True)
        assert (done["objects"], done["runs"]) == (2, 1)
        assert world.executions.statuses == {}

    def test_a_failed_replay_is_redriven_by_name_only(self) -> None:
        world = World([raw(1)])
        self.replay(world, "r1")
        world.finish(lambda _: True)
        (name,) = world.executions.statuses
        assert redrive(world)["started"] == 0
        assert redrive(world, run=name)["names"] == [f"{name}-2"]
        assert world.manifest(f"{name}-2").target == "work/replay/r1/"

    @pytest.mark.parametrize("replay_id", ["", "A", "a/b", "x" * 33])
    def test_an_id_that_no_name_can_hold_is_refused(self, replay_id: str) -> None:
        with pytest.raises(RunsIdError):
            self.replay(World(), replay_id)

    def test_an_id_is_needed(self) -> None:
        with pytest.raises(commands.CommandError, match="replay"):
            commands.replay({}, World().dispatcher, World().versions, always)

    @staticmethod
    def replay(world: World, replay_id: str, **event: Any) -> dict[str, Any]:
        asked = {"replay": replay_id, **event}
        return commands.replay(asked, world.dispatcher, world.versions, always).answer()


@pytest.mark.parametrize(
    ("name", "value"), [("LOOKBACK_DAYS", 90), ("MAX_ATTEMPTS", 0), ("PORTION_OBJECTS", 0)]
)
def test_settings_that_would_break_the_promise_are_refused(name: str, value: int) -> None:
    with pytest.raises(SettingError, match=name):
        DispatchSettings(**{**asdict(SETTINGS), name.lower(): value})


def test_the_documents_of_a_run_lie_together() -> None:
    world, run = World(), run_digest([raw(1)])
    world.dispatcher.dispatch([raw(1)])
    assert sorted(world.lake.keys("runs/")) == [RunKeys(run).candidates, RunKeys(run).manifest]
