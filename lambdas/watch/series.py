"""Reads metrics back from CloudWatch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

    from lambdas.contracts.metrics import Measure


@dataclass(frozen=True)
class Query:
    """A statistic of one of our own metrics by periods of so many seconds."""

    measure: Measure
    statistic: str
    period: int


@dataclass(frozen=True)
class Metrics:
    """The metrics of one deployment."""

    client: CloudWatchClient
    namespace: str

    def series(
        self, queries: Sequence[Query], start: datetime, end: datetime
    ) -> list[dict[float, float]]:
        """By query, the values by their periods' starts in Unix seconds."""
        wanted = [self._query(f"q{number}", query) for number, query in enumerate(queries)]
        found: dict[str, dict[float, float]] = {each["Id"]: {} for each in wanted}
        pages = self.client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=wanted, StartTime=start, EndTime=end
        )
        for page in pages:
            for each in page["MetricDataResults"]:
                starts = (moment.timestamp() for moment in each["Timestamps"])
                found[each["Id"]] |= dict(zip(starts, each["Values"], strict=True))
        return list(found.values())

    def _query(self, name: str, query: Query) -> MetricDataQueryTypeDef:
        measure = query.measure
        return {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": self.namespace,
                    "MetricName": measure.name,
                    "Dimensions": [{"Name": "service", "Value": measure.service}],
                },
                "Period": query.period,
                "Stat": query.statistic,
            },
        }
