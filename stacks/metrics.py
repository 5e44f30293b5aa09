"""Metrics as alarms and dashboard name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from lambdas.contracts.metrics import namespace

if TYPE_CHECKING:
    from lambdas.contracts.metrics import Measure
    from stacks.settings import Settings

MINUTE, FIVE_MINUTES = Duration.minutes(1), Duration.minutes(5)


def metric(
    namespace: str, name: str, statistic: str, period: Duration = MINUTE, **dimensions: str
) -> cloudwatch.Metric:
    """One of AWS's, by its dimensions."""
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dimensions,
        statistic=statistic,
        period=period,
    )


def own(
    settings: Settings,
    measure: Measure,
    statistic: str,
    period: Duration = MINUTE,
    **dimensions: str,
) -> cloudwatch.Metric:
    """One of our own in this deployment."""
    return cloudwatch.Metric(
        namespace=namespace(settings.name),
        metric_name=measure.name,
        dimensions_map={"service": measure.service, **dimensions},
        statistic=statistic,
        period=period,
    )
