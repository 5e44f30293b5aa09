"""Pulls: what others keep -> raw, one resource an invocation, again while there is more."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.contracts.metrics import ROWS_PULLED
from lambdas.ingest.errors import PullError
from lambdas.ingest.kinds import KINDS
from lambdas.ingest.orders import answer, conclude, task_of, tasks
from lambdas.ingest.pulls import FOLDER, Pull, PullFileError, load_named
from lambdas.ingest.states import StateTable
from lambdas.ingest.task import Tools
from lambdas.lake.objects import LakeBucket
from lambdas.runtime.observe import emit, logger, tracer
from lambdas.runtime.settings import LakeSettings, required

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_secretsmanager import SecretsManagerClient

LAST_MILLISECONDS = 240_000
"""Left for what was begun before: an object is fetched and put in a fraction of it."""


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One of three, in this order.

    `{"run", "started", "order"}` -> `{"tasks"}`: what the order says, resource by resource.
    A task with what was `pulled` so far -> the same with what this invocation pulled; while it has
    `more`, it is to be called again.
    `{"ended"}`, all tasks, those that failed with their `failure` -> what was pulled by resource.

    Raises PullError if no other attempt can succeed.
    """
    if "order" in event:
        logger.append_keys(run=event["run"])
        return {"tasks": tasks(event, _pull)}
    if "ended" in event:
        return conclude(event["ended"])
    logger.append_keys(run=event["run"], pull=event["pull"], resource=event["resource"])
    task = task_of(event, _pull)
    done = KINDS[task.pull.kind](task, _tools(_over(context)))
    logger.info("pulled", extra={"rows": done.rows, "objects": done.objects, "more": done.more})
    emit({ROWS_PULLED: done.rows})
    return answer(event, done)


def _over(context: LambdaContext) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() < LAST_MILLISECONDS


def _pull(name: str) -> Pull:
    """Of those that are deployed: a role may read no secret but theirs."""
    if name not in required("PULLS").split(","):
        raise PullError(f"pull: {name} is not deployed; the setting `pulls` says which are")
    try:
        (found,) = load_named([name], FOLDER)
    except PullFileError as error:
        raise PullError(str(error)) from error
    return found


def _tools(is_over: Callable[[], bool]) -> Tools:
    lake, states = _stores()
    return Tools(lake, states, _secret, is_over)


def _secret(name: str) -> str:
    """Asked anew each time, since secrets rotate."""
    secrets = _secrets()
    try:
        return secrets.get_secret_value(SecretId=name)["SecretString"]
    except secrets.exceptions.ResourceNotFoundException as error:
        raise PullError(f"there is no secret {name}") from error


@cache
def _secrets() -> SecretsManagerClient:
    return boto3.client("secretsmanager")


@cache
def _stores() -> tuple[LakeBucket, StateTable]:
    bucket = LakeSettings.from_environment().bucket
    table = StateTable(boto3.client("dynamodb"), required("STATE_TABLE"))
    return LakeBucket(boto3.client("s3"), bucket), table
