"""`Executions` in Step Functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.dispatch.ports import UNSUCCESSFUL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mypy_boto3_stepfunctions import SFNClient

PAGE = 1_000


@dataclass(frozen=True)
class StateMachine:
    client: SFNClient
    arn: str

    def start(self, name: str, run_input: str) -> bool:
        """Step Functions also answers well if the same execution is running already."""
        try:
            self.client.start_execution(stateMachineArn=self.arn, name=name, input=run_input)
        except self.client.exceptions.ExecutionAlreadyExists:
            return False
        return True

    def status(self, name: str) -> str | None:
        execution = f"{self.arn.replace(':stateMachine:', ':execution:', 1)}:{name}"
        try:
            return self.client.describe_execution(executionArn=execution)["status"]
        except self.client.exceptions.ExecutionDoesNotExist:
            return None

    def running(self) -> list[str]:
        answer = self.client.list_executions(
            stateMachineArn=self.arn, statusFilter="RUNNING", maxResults=PAGE
        )
        return [each["name"] for each in answer["executions"]]

    def since(self, moment: datetime) -> Iterator[tuple[str, str]]:
        """Executions are listed newest first, so the listing ends at the first older one."""
        pages = self.client.get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=self.arn, PaginationConfig={"PageSize": PAGE}):
            for execution in page["executions"]:
                if execution["startDate"] < moment:
                    return
                yield execution["name"], execution["status"]

    def unsuccessful(self) -> Iterator[str]:
        pages = self.client.get_paginator("list_executions")
        for status in sorted(UNSUCCESSFUL):
            for page in pages.paginate(
                stateMachineArn=self.arn,
                statusFilter=status,  # type: ignore[arg-type]  # a literal in the stubs
                PaginationConfig={"PageSize": PAGE},
            ):
                yield from (execution["name"] for execution in page["executions"])
