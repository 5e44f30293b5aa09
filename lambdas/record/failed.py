"""Records how a promotion failed: target of the EventBridge rule on its execution status.

The rule sees what no catch-all inside the state machine can: time-outs, aborts, and failures of
the machine's own states.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.contracts.metrics import RUNS_UNBALANCED
from lambdas.lake.layout import RunKeys
from lambdas.record.documents import RunFailure, console_link
from lambdas.record.handler import lake
from lambdas.record.items import EXCEEDED, failed_item
from lambdas.record.step import iso
from lambdas.runtime.observe import emit, logger, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_stepfunctions import SFNClient

    from lambdas.record.documents import FailedItem

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between looks: listings lag behind the event."""

UNBALANCED = {"ConservationError", "LostRowsError", "StagedRowsError"}
"""What record, conform and load raise if counts disagree, as Step Functions names errors."""


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], _context: LambdaContext) -> None:
    """Takes "Step Functions Execution Status Change"; delivered again it writes the same."""
    failure = failure_of(event["detail"])
    logger.append_keys(run=failure.run)
    key = RunKeys(failure.run).failure
    lake().put(key, failure.to_json())
    if failure.error == EXCEEDED:  # and then the reason, which may be refused or not listed yet
        failure = replace(failure, item=_item(failure.execution))
        lake().put(key, failure.to_json())
    emit({RUNS_UNBALANCED: 1 if failure.error in UNBALANCED else 0})
    logger.error("run failed", extra={"status": failure.status, "error": failure.error})


def _item(execution: str) -> FailedItem | None:
    """What made the run's map give up; None if it is not listed for longer than the pauses."""
    for pause in PAUSES:
        if found := failed_item(machine(), execution):
            return found
        time.sleep(pause)
    return failed_item(machine(), execution)


@cache
def machine() -> SFNClient:
    return boto3.client("stepfunctions")


def failure_of(detail: dict[str, Any]) -> RunFailure:
    """`input` is absent from large events; error and cause from time-outs and aborts."""
    return RunFailure(
        run=detail["name"],
        execution=detail["executionArn"],
        link=console_link(detail["executionArn"]),
        status=detail["status"],
        error=detail.get("error"),
        cause=detail.get("cause"),
        started=_moment(detail.get("startDate")),
        finished=_moment(detail.get("stopDate")),
        input=detail.get("input"),
    )


def _moment(milliseconds: int | None) -> str | None:
    """EventBridge gives milliseconds since the epoch."""
    if milliseconds is None:
        return None
    return iso(datetime.fromtimestamp(milliseconds / 1000, UTC))
