"""Clean: raw -> cleaned and quarantine, one batch of raw objects an invocation, or one of them."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.clean.batch import clean_alone, clean_batch
from lambdas.lake.documents import CleanBatch, RecordCounts
from lambdas.lake.objects import LakeBucket
from lambdas.runtime.observe import logger, tracer
from lambdas.runtime.settings import LakeSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

PART_MILLISECONDS = 90_000
"""Left for another part of an object, or another object: some times what either takes."""


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"run", "batch"}` -> `{"apart"}`; what was done is in the run's document of the batch.

    If `apart` is true, there is none: each object of the batch is to be cleaned alone, by
    `{"run", "batch", "alone": its index}` -> `{"more"}`, again while there is more of it, and then
    the batch again.
    """
    batch = CleanBatch.from_dict(event["batch"])

    def is_over() -> bool:
        return context.get_remaining_time_in_millis() < PART_MILLISECONDS

    logger.append_keys(run=event["run"], batch=batch.number)
    if "alone" in event:
        alone = clean_alone(_lake(), event["run"], batch, event["alone"], is_over)
        if alone is None:
            return {"more": True}
        logger.info("cleaned alone", extra={"counts": asdict(alone.counts)})
        return {"more": False}
    cleaned = clean_batch(_lake(), event["run"], batch, is_over)
    if cleaned is None:
        logger.warning("cleaning ended the function before, or takes longer than one: apart")
        return {"apart": True}
    counts = sum((each.counts for each in cleaned.objects), RecordCounts(0))
    logger.info("cleaned", extra={"objects": len(cleaned.objects), "counts": asdict(counts)})
    return {"apart": False}


@cache
def _lake() -> LakeBucket:
    return LakeBucket(boto3.client("s3"), LakeSettings.from_environment().bucket)
