"""Conform: cleaned -> work/delta, once a run."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.conform.step import conform_run
from lambdas.lake.objects import LakeBucket
from lambdas.runtime.observe import logger, tracer
from lambdas.runtime.settings import LakeSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """`{"run"}` -> `{"dimensions": {"key", "count"}, "facts": {"key", "count"}}`."""
    logger.append_keys(run=event["run"])
    items = conform_run(_lake(), event["run"])
    logger.info("conformed", extra=items)
    return items


@cache
def _lake() -> LakeBucket:
    return LakeBucket(boto3.client("s3"), LakeSettings.from_environment().bucket)
