"""The parts of the three functions that start runs, made once per process."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from lambdas.contracts.metrics import RUNS_EXHAUSTED, RUNS_STARTED
from lambdas.dispatch.control import PARALLEL, ControlTable, CursorItem
from lambdas.dispatch.dispatcher import Dispatcher, Outcome
from lambdas.dispatch.full_pass import FullPass
from lambdas.dispatch.listing import BucketVersions
from lambdas.dispatch.machine import StateMachine
from lambdas.dispatch.manifests import Manifests
from lambdas.dispatch.settings import DispatchSettings
from lambdas.lake.objects import LakeBucket
from lambdas.runtime.observe import emit, logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from lambdas.dispatch.dispatcher import Decision

CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 8}, max_pool_connections=max(PARALLEL, 10)
)
"""Step Functions and DynamoDB throttle bursts; waiting is cheaper than delivering again."""

MARGIN_MS = 60_000
"""Left for one page of a listing: a thousand claims and a run."""


@dataclass(frozen=True)
class Parts:
    settings: DispatchSettings
    dispatcher: Dispatcher
    versions: BucketVersions
    full_pass: FullPass
    backfills: StateMachine


@cache
def parts() -> Parts:
    settings = DispatchSettings.from_environment()
    s3 = boto3.client("s3", config=CONFIG)
    dynamodb = boto3.client("dynamodb", config=CONFIG)
    control = ControlTable(dynamodb, settings.control_table)
    states = boto3.client("stepfunctions", config=CONFIG)
    machine = StateMachine(states, settings.state_machine_arn)
    backfills = StateMachine(states, settings.backfill_machine_arn)
    manifests = Manifests(LakeBucket(s3, settings.bucket))
    dispatcher = Dispatcher(control, machine, manifests, settings.max_attempts)
    full_pass = FullPass(
        CursorItem(dynamodb, settings.control_table),
        pages=settings.full_pages,
        swept=timedelta(days=settings.lookback_days),
        grace=timedelta(minutes=settings.grace_minutes),
    )
    versions = BucketVersions(s3, settings.bucket)
    return Parts(settings, dispatcher, versions, full_pass, backfills)


def has_time(context: LambdaContext) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() > MARGIN_MS


def report(decisions: Sequence[Decision]) -> None:
    """One line per run, and the metrics that the alarms watch."""
    for each in decisions:
        level = logger.error if each.outcome is Outcome.EXHAUSTED else logger.info
        level("run %s", each.outcome.value, extra={"run": each.name, "objects": each.objects})
    outcomes = Counter(each.outcome for each in decisions)
    emit(
        {
            RUNS_STARTED: outcomes[Outcome.STARTED],
            RUNS_EXHAUSTED: outcomes[Outcome.EXHAUSTED],
        }
    )
