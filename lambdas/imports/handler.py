"""Announced files of vendors -> items; one message an invocation.

Near its timeout the function sends the message again and ends: the record knows how far it came.
Environment: TABLE_NAME, LAKE_BUCKET, QUEUE_URL (its own queue).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.api.clock import Retry, utc_now, uuid7_factory
from lambdas.api.dynamo import DynamoTable
from lambdas.api.import_table import DynamoImports
from lambdas.api.imports import State
from lambdas.api.registry import Registry
from lambdas.contracts.metrics import IMPORTS_FAILED, ITEMS_IMPORTED, ROWS_REJECTED
from lambdas.imports.announcements import announced
from lambdas.imports.shelf import DynamoShelf
from lambdas.imports.step import Importer, OvertakenError
from lambdas.lake.objects import LakeBucket
from lambdas.runtime.observe import emit, logger, tracer
from lambdas.runtime.settings import required

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from lambdas.api.imports import Import

MARGIN_MS = 30_000
"""A stretch takes a second or two; this much time is left for one that takes longer."""


@dataclass(frozen=True)
class ImportSettings:
    bucket: str
    table: str
    queue_url: str

    @classmethod
    def from_environment(cls) -> ImportSettings:
        return cls(required("LAKE_BUCKET"), required("TABLE_NAME"), required("QUEUE_URL"))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Raises what keeps the message in its queue, in the end for the dead letters."""
    [message] = event["Records"]
    settings = ImportSettings.from_environment()
    import_id = announced(message["body"], settings.bucket)
    logger.append_keys(import_id=str(import_id))
    importer = _importer()
    try:
        record = importer.run(import_id, lambda: context.get_remaining_time_in_millis() > MARGIN_MS)
    except OvertakenError:
        logger.info("overtaken")
        return
    if not record.ended:
        sqs = boto3.client("sqs")
        sqs.send_message(QueueUrl=settings.queue_url, MessageBody=message["body"])
    _tell(record)
    if record.ended and record.worker == importer.worker:
        _measure(record)


def _importer() -> Importer:
    table = _table()
    retry, new_id = Retry(), uuid7_factory(utc_now)
    return Importer(
        records=DynamoImports(table.client, table.name),
        lake=_lake(),
        shelf=DynamoShelf(table),
        registry=Registry(table, utc_now, retry),
        now=utc_now,
        retry=retry,
        worker=new_id(),
    )


def _tell(record: Import) -> None:
    counts = {
        "rows": record.rows,
        "position": record.position,
        "created": record.created,
        "updated": record.updated,
        "unchanged": record.unchanged,
        "rejected": record.rejected,
    }
    logger.info(record.state.value, extra={**counts, "problem": record.problem})


def _measure(record: Import) -> None:
    emit(
        {
            ITEMS_IMPORTED: record.created + record.updated,
            ROWS_REJECTED: record.rejected,
            IMPORTS_FAILED: int(record.state is State.FAILED),
        }
    )


@cache
def _table() -> DynamoTable:
    return DynamoTable(boto3.client("dynamodb"), ImportSettings.from_environment().table)


@cache
def _lake() -> LakeBucket:
    return LakeBucket(boto3.client("s3"), ImportSettings.from_environment().bucket)
