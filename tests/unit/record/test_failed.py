"""Recording a failure, from the event that Step Functions sends through EventBridge."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from lambdas.conform.step import LostRowsError
from lambdas.lake.errors import ObjectMissingError
from lambdas.load.step import StagedRowsError
from lambdas.record import failed
from lambdas.record.conservation import ConservationError
from lambdas.record.documents import FailedItem, RunFailure
from lambdas.record.failed import failure_of
from lambdas.record.items import EXCEEDED, failed_item
from tests.fakes import FakeContext, FakeLake

ARN = "arn:aws:states:eu-west-1:000000000000:execution:promotion:3f9a-1"
DETAIL: dict[str, Any] = {
    "executionArn": ARN,
    "stateMachineArn": "arn:aws:states:eu-west-1:000000000000:stateMachine:promotion",
    "name": "3f9a-1",
    "status": "FAILED",
    "startDate": 1773741600000,
    "stopDate": 1773741607500,
    "input": '{"run":"3f9a-1"}',
    "error": "ConservationError",
    "cause": "sales: 4 rows cleaned, 3 conformed",
}


def test_a_failed_run_leaves_status_error_cause_and_times() -> None:
    failure = failure_of(DETAIL)
    assert (failure.run, failure.status) == ("3f9a-1", "FAILED")
    assert (failure.error, failure.cause) == (DETAIL["error"], DETAIL["cause"])
    assert failure.started == "2026-03-17T10:00:00.000000Z"
    assert failure.finished == "2026-03-17T10:00:07.500000Z"
    assert failure.link.endswith(ARN)


@pytest.mark.parametrize("status", ["TIMED_OUT", "ABORTED"])
def test_a_run_that_ended_without_error_or_cause_is_recorded_as_well(status: str) -> None:
    detail = {"name": "3f9a-1", "executionArn": ARN, "status": status, "stopDate": None}
    failure = failure_of(detail)
    assert (failure.status, failure.error, failure.finished) == (status, None, None)


@pytest.mark.parametrize(
    ("error", "unbalanced"),
    [(ConservationError, 1), (LostRowsError, 1), (StagedRowsError, 1), (ObjectMissingError, 0)],
)
def test_counts_that_disagreed_are_told_from_other_failures(
    error: type[Exception],
    unbalanced: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(failed, "lake", FakeLake)
    failed.handle({"detail": {**DETAIL, "error": error.__name__}}, FakeContext())
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [each["RunsUnbalanced"] for each in told] == [[1]] * unbalanced


def test_an_event_delivered_again_writes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    lake = FakeLake()
    monkeypatch.setattr(failed, "lake", lambda: lake)
    event = {"detail-type": "Step Functions Execution Status Change", "detail": DETAIL}
    for _ in range(2):
        failed.handle(event, FakeContext())
    bodies = {each.body for each in lake.history("runs/3f9a-1/failure.json")}
    assert len(bodies) == 1
    assert json.loads(bodies.pop())["status"] == "FAILED"


class Maps(Stubber):
    """Step Functions, as it answers about the maps of the run; in the order given."""

    def __init__(self) -> None:
        self.machine = boto3.client("stepfunctions", region_name="eu-west-1")
        super().__init__(self.machine)

    def ran(self, *names: str) -> Maps:
        maps = [
            {
                "executionArn": ARN,
                "mapRunArn": f"{MAP_RUN}{name}",
                "stateMachineArn": DETAIL["stateMachineArn"],
                "startDate": MOMENT,
            }
            for name in names
        ]
        self.add_response("list_map_runs", {"mapRuns": maps}, {"executionArn": ARN})
        return self

    def failed(self, name: str, *children: str) -> Maps:
        found = [
            {
                "executionArn": child,
                "stateMachineArn": DETAIL["stateMachineArn"],
                "name": "item",
                "status": "FAILED",
                "startDate": MOMENT,
            }
            for child in children
        ]
        asked = {"mapRunArn": f"{MAP_RUN}{name}", "statusFilter": "FAILED", "maxResults": 1}
        self.add_response("list_executions", {"executions": found}, asked)
        return self

    def described(self, child: str, **how: str) -> Maps:
        known = {
            "executionArn": child,
            "stateMachineArn": DETAIL["stateMachineArn"],
            "status": "FAILED",
            "startDate": MOMENT,
        }
        self.add_response("describe_execution", {**known, **how}, {"executionArn": child})
        return self


MOMENT = datetime(2026, 3, 17, tzinfo=UTC)
MAP_RUN = "arn:aws:states:eu-west-1:000000000000:mapRun:promotion/"
CHILD = "arn:aws:states:eu-west-1:000000000000:execution:promotion/facts:1"
GAVE_UP = {**DETAIL, "error": EXCEEDED, "cause": "The specified tolerated failure threshold …"}
CAUSE = '{"errorMessage": "work/state/sales: gone", "errorType": "StateLostError"}'


def written(lake: FakeLake) -> RunFailure:
    return RunFailure.from_json(lake.get("runs/3f9a-1/failure.json").body)


def test_a_run_whose_map_gave_up_tells_how_an_item_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    lake = FakeLake()
    monkeypatch.setattr(failed, "lake", lambda: lake)
    with Maps().ran("clean:1", "facts:2").failed("clean:1").failed("facts:2", CHILD) as maps:
        maps.described(CHILD, error="StateLostError", cause=CAUSE)
        monkeypatch.setattr(failed, "machine", lambda: maps.machine)
        failed.handle({"detail": GAVE_UP}, FakeContext())
    assert written(lake).error == EXCEEDED
    assert written(lake).item == FailedItem(CHILD, "StateLostError", CAUSE)


def test_an_item_that_says_nothing_of_its_end_is_named_all_the_same() -> None:
    with Maps().ran("facts:2").failed("facts:2", CHILD).described(CHILD) as maps:
        assert failed_item(maps.machine, ARN) == FailedItem(CHILD, None, None)


def test_an_item_that_is_listed_late_is_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lake = FakeLake()
    monkeypatch.setattr(failed, "lake", lambda: lake)
    monkeypatch.setattr(failed, "PAUSES", (0, 0))
    with Maps().ran("facts:2").failed("facts:2") as maps:
        maps.ran("facts:2").failed("facts:2", CHILD).described(CHILD)
        monkeypatch.setattr(failed, "machine", lambda: maps.machine)
        failed.handle({"detail": GAVE_UP}, FakeContext())
        maps.assert_no_pending_responses()
    assert written(lake).item == FailedItem(CHILD, None, None)


def test_the_failure_is_recorded_if_no_item_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    lake = FakeLake()
    monkeypatch.setattr(failed, "lake", lambda: lake)
    monkeypatch.setattr(failed, "PAUSES", ())
    with Maps().ran("facts:2").failed("facts:2") as maps:
        monkeypatch.setattr(failed, "machine", lambda: maps.machine)
        failed.handle({"detail": GAVE_UP}, FakeContext())
    assert written(lake) == failure_of(GAVE_UP)


def test_the_failure_is_recorded_before_step_functions_may_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lake, maps = FakeLake(), Maps()
    maps.add_client_error("list_map_runs", "AccessDeniedException")
    monkeypatch.setattr(failed, "lake", lambda: lake)
    monkeypatch.setattr(failed, "machine", lambda: maps.machine)
    with maps, pytest.raises(ClientError, match="AccessDenied"):
        failed.handle({"detail": GAVE_UP}, FakeContext())
    assert written(lake).error == EXCEEDED


def test_of_a_run_that_failed_by_itself_nobody_asks_for_items(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lake = FakeLake()
    monkeypatch.setattr(failed, "lake", lambda: lake)
    with Maps() as maps:  # which answers nothing that is not told above
        monkeypatch.setattr(failed, "machine", lambda: maps.machine)
        failed.handle({"detail": DETAIL}, FakeContext())
    assert written(lake).item is None


def test_a_failure_that_was_recorded_before_items_were_is_read() -> None:
    fields = json.loads(failure_of(DETAIL).to_json())
    del fields["item"]
    assert RunFailure.from_dict(fields) == failure_of(DETAIL)
