"""The table as it is -> raw/, for when the stream's 24 hours were not enough."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.contracts.metrics import RECORDS_RESYNCED
from lambdas.lake.objects import LakeBucket
from lambdas.resync.step import Page, Position, resync
from lambdas.runtime.observe import emit, logger, tracer
from lambdas.runtime.settings import required

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import ScanInputTypeDef

MARGIN_MS = 20_000
"""A page takes a second or two; this much time is left for one that takes longer."""


@dataclass(frozen=True)
class ScannedTable:
    """`Table` over DynamoDB, read consistently: all that was written before is in it."""

    client: DynamoDBClient
    name: str

    def page(self, start_key: dict[str, Any] | None, segment: int, segments: int) -> Page:
        request: ScanInputTypeDef = {
            "TableName": self.name,
            "ConsistentRead": True,
            "Segment": segment,
            "TotalSegments": segments,
        }
        if start_key:
            request["ExclusiveStartKey"] = start_key
        answer = self.client.scan(**request)
        return Page(answer["Items"], answer.get("LastEvaluatedKey"))


@dataclass(frozen=True)
class ResyncSettings:
    bucket: str
    table: str

    @classmethod
    def from_environment(cls) -> ResyncSettings:
        return cls(bucket=required("LAKE_BUCKET"), table=required("TABLE_NAME"))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"id"?, "segment"?, "segments"?, "dry_run"?}` -> counts and `next`.

    Call again with `next` until it is null.
    """
    position = Position.from_event(event, int(time.time()))
    logger.append_keys(resync=position.id, segment=position.segment)
    done = resync(
        position, _table(), _lake(), lambda: context.get_remaining_time_in_millis() > MARGIN_MS
    )
    emit({RECORDS_RESYNCED: 0 if done.dry_run else done.captured.records})
    logger.info("resynced", extra=done.answer())
    return done.answer()


@cache
def _lake() -> LakeBucket:
    return LakeBucket(boto3.client("s3"), ResyncSettings.from_environment().bucket)


@cache
def _table() -> ScannedTable:
    return ScannedTable(boto3.client("dynamodb"), ResyncSettings.from_environment().table)
