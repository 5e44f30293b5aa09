"""Why an item of a distributed map failed; the run's own cause is only that too many did.

Step Functions' listings may lag behind for a moment: whoever finds nothing may ask again later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.record.documents import FailedItem

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

EXCEEDED = "States.ExceedToleratedFailureThreshold"
"""The error of a run whose map gave up."""


def failed_item(machine: SFNClient, execution: str) -> FailedItem | None:
    """The newest item that failed by itself in a map of the execution (its ARN); None if none did.

    The items that a map stops when it gives up are aborted, not failed.
    """
    for each in machine.list_map_runs(executionArn=execution)["mapRuns"]:
        listed = machine.list_executions(
            mapRunArn=each["mapRunArn"], statusFilter="FAILED", maxResults=1
        )
        for child in listed["executions"]:
            found = machine.describe_execution(executionArn=child["executionArn"])
            return FailedItem(child["executionArn"], found.get("error"), found.get("cause"))
    return None
