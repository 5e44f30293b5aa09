"""Recording a failure, from the event that Step Functions sends through EventBridge."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdas.conform.step import LostRowsError
from lambdas.lake.errors import ObjectMissingError
from lambdas.load.step import StagedRowsError
from lambdas.record import failed
from lambdas.record.conservation import ConservationError
from lambdas.record.failed import failure_of
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
