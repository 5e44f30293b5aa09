"""Record: the last state of a promotion. It checks conservation and writes the run's record."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.lake.layout import RunKeys
from lambdas.lake.objects import LakeBucket, create
from lambdas.record.documents import RunRecord, gather
from lambdas.record.measures import freshness, of_run
from lambdas.record.step import record_of
from lambdas.runtime.observe import emit, logger, tracer
from lambdas.runtime.settings import LakeSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from lambdas.lake.objects import ObjectStore


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """`{"run", "execution": its ARN, "started": ISO 8601}` -> counts of records and rows."""
    logger.append_keys(run=event["run"])
    record = record_run(
        lake(), event["run"], event["execution"], event["started"], datetime.now(UTC)
    )
    return {"run": record.run, "counts": record.counts, "tables": record.tables}


@cache
def lake() -> LakeBucket:
    return LakeBucket(boto3.client("s3"), LakeSettings.from_environment().bucket)


def record_run(
    store: ObjectStore, run: str, execution: str, started: str, now: datetime
) -> RunRecord:
    """Writes the record once; a repeated call answers what stands there and counts nothing.

    But it tells again how fresh gold is: the first may have ended before it did, and gold would
    pass for late until the next sale.
    """
    record = record_of(gather(store, run), execution, started, now)
    key = RunKeys(run).record
    if not create(store, key, record.to_json()):
        recorded = RunRecord.from_json(store.get(key).body)
        emit(freshness(recorded))
        return recorded
    emit(of_run(record))
    logger.info("recorded", extra={"counts": record.counts, "tables": record.tables})
    return record
