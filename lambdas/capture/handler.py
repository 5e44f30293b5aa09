"""DynamoDB stream -> raw/: every change of the shop as it happened.

A failure fails the whole batch, and the stream delivers it again for as long as it takes.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.capture.records import raw_files, stream_name
from lambdas.capture.step import put_all
from lambdas.contracts.metrics import RECORDS_CAPTURED
from lambdas.lake.objects import LakeBucket
from lambdas.runtime.observe import emit, logger, tracer
from lambdas.runtime.settings import LakeSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], _context: LambdaContext) -> None:
    captured = put_all(raw_files(event["Records"], stream_name), _lake())
    emit({RECORDS_CAPTURED: captured.records})
    logger.info("captured", extra=asdict(captured))


@cache
def _lake() -> LakeBucket:
    return LakeBucket(boto3.client("s3"), LakeSettings.from_environment().bucket)
