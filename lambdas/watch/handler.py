"""At an interval: what is known of sales and records -> the metrics that two alarms watch.

If it stops, these metrics go missing, and that raises the alarms as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.contracts.metrics import (
    CHECKED_OUT_AT,
    GOLD_LAG,
    NAMESPACE_VARIABLE,
    NEWEST_SALE_AT,
    QUARANTINED_PERCENT,
    RECORDS_IN,
    RECORDS_QUARANTINED,
)
from lambdas.runtime.observe import emit, logger, tracer
from lambdas.runtime.settings import required
from lambdas.watch.judgement import gold_lag, quarantined_percent
from lambdas.watch.series import Metrics, Query

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

PERIOD = 300
LOOKBACK = timedelta(days=14)
"""A sale that has waited for longer is forgotten: by then the alarm has stood for two weeks."""
HOUR = timedelta(hours=1)
ENOUGH_QUARANTINED = 5


@dataclass(frozen=True)
class Judged:
    lag: float
    quarantined: float


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(_event: dict[str, Any], _context: LambdaContext) -> dict[str, float]:
    """Whatever the event says -> `{"gold_lag": seconds, "quarantined": percent}`."""
    judged = judge(_metrics(), datetime.now(UTC))
    emit({GOLD_LAG: judged.lag, QUARANTINED_PERCENT: judged.quarantined})
    answer = {"gold_lag": judged.lag, "quarantined": judged.quarantined}
    logger.info("watched", extra=answer)
    return answer


def judge(metrics: Metrics, now: datetime) -> Judged:
    soon = now + timedelta(seconds=PERIOD)  # the period that has just begun counts
    first, last, published = metrics.series(
        [
            Query(CHECKED_OUT_AT, "Minimum", PERIOD),
            Query(CHECKED_OUT_AT, "Maximum", PERIOD),
            Query(NEWEST_SALE_AT, "Maximum", PERIOD),
        ],
        now - LOOKBACK,
        soon,
    )
    records, quarantined = metrics.series(
        [Query(RECORDS_IN, "Sum", PERIOD), Query(RECORDS_QUARANTINED, "Sum", PERIOD)],
        now - HOUR,
        soon,
    )
    return Judged(
        lag=gold_lag(first, last, published, now.timestamp()),
        quarantined=quarantined_percent(records, quarantined, ENOUGH_QUARANTINED),
    )


@cache
def _metrics() -> Metrics:
    return Metrics(boto3.client("cloudwatch"), required(NAMESPACE_VARIABLE))
