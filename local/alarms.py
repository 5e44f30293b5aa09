"""Alarms of a deployment, evaluated over its metrics: which are raised, which would have been.

CloudWatch evaluates its own alarms; the emulator's does not heed their dimensions, periods in a row
or missing data, so on the laptop the state that counts is the one computed here. What is evaluated
is what was deployed: metric, statistic, period, threshold, comparison, missing data. Alarms over
metric math are refused: we have none, and the emulator's CloudFormation takes none.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from local.deployment import Deployment

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


class AlarmError(Exception):
    """An alarm that cannot be evaluated here, by name."""


@dataclass(frozen=True)
class Alarm:
    """An alarm on one metric; `enough` of the last `periods` periods must breach.

    `period` is in seconds. `dataclasses.replace` gives one with another threshold, to see what a
    drill of minutes would have raised in hours.
    """

    name: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    statistic: str
    period: int
    periods: int
    enough: int
    threshold: float
    comparison: str
    missing: str
    says: str = ""

    @classmethod
    def described(cls, fields: Mapping[str, Any]) -> Alarm:
        """From what DescribeAlarms answers; a template's resolved properties read the same."""
        name = fields["AlarmName"]
        if fields.get("Metrics") or fields["ComparisonOperator"] not in COMPARISONS:
            raise AlarmError(f"{name}: only a plain threshold on one metric can be evaluated")
        return cls(
            name=name,
            namespace=fields["Namespace"],
            metric=fields["MetricName"],
            dimensions={each["Name"]: each["Value"] for each in fields.get("Dimensions", [])},
            statistic=fields.get("ExtendedStatistic") or fields["Statistic"],
            period=int(fields["Period"]),
            periods=int(fields["EvaluationPeriods"]),
            enough=int(fields.get("DatapointsToAlarm") or fields["EvaluationPeriods"]),
            threshold=float(fields["Threshold"]),
            comparison=fields["ComparisonOperator"],
            missing=fields.get("TreatMissingData") or "missing",
            says=fields.get("AlarmDescription") or "",
        )

    def breaches(self, value: float) -> bool:
        return COMPARISONS[self.comparison](value, self.threshold)


def state_at(alarm: Alarm, points: Mapping[float, float], moment: float) -> State:
    """The state once the period that ends at or before the moment has been looked at.

    CloudWatch also looks further back for a late value to take in place of a missing one; here a
    missing period counts as the alarm says at once.
    """
    last = math.floor(moment / alarm.period) * alarm.period
    wanted = [last - alarm.period * number for number in range(1, alarm.periods + 1)]
    found = [points[start] for start in wanted if start in points]
    absent = len(wanted) - len(found)
    breaching = sum(map(alarm.breaches, found))
    if alarm.missing == "breaching":
        breaching += absent
    if breaching >= alarm.enough:
        return "ALARM"
    silent = not found and alarm.missing in {"missing", "ignore"}
    return "INSUFFICIENT_DATA" if silent else "OK"


def raised(alarm: Alarm, points: Mapping[float, float], start: float, end: float) -> list[float]:
    """The ends of periods, between start and end, at which the alarm would have been raised.

    The period in which `end` lies counts as ended, so that a drill need not wait for it.
    """
    first = math.floor(start / alarm.period) + 1
    last = math.floor(end / alarm.period) + 1
    ends = [number * alarm.period for number in range(first, last + 1)]
    return [moment for moment in ends if state_at(alarm, points, moment) == "ALARM"]


def deployed(deployment: Deployment) -> list[Alarm]:
    """The deployment's alarms, by name."""
    pages = deployment.client("cloudwatch").get_paginator("describe_alarms")
    prefix = f"{deployment.settings.name}-"
    return sorted(
        (
            Alarm.described(each)
            for page in pages.paginate(AlarmNamePrefix=prefix)
            for each in page["MetricAlarms"]
        ),
        key=lambda each: each.name,
    )


def gathered(
    deployment: Deployment, alarms: Sequence[Alarm], start: float, end: float
) -> dict[str, dict[float, float]]:
    """Each alarm's points, by its name, with the periods that it looks at before `start`."""
    client = deployment.client("cloudwatch")
    found: dict[str, dict[float, float]] = {}
    for alarm in alarms:
        since = start - alarm.period * (alarm.periods + 1)
        points = found.setdefault(alarm.name, {})
        pages = client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[_query(alarm)],
            StartTime=datetime.fromtimestamp(since, UTC),
            EndTime=datetime.fromtimestamp(end, UTC) + timedelta(seconds=alarm.period),
        )
        for page in pages:
            for each in page["MetricDataResults"]:
                starts = (moment.timestamp() for moment in each["Timestamps"])
                points |= dict(zip(starts, each["Values"], strict=True))
    return found


def _query(alarm: Alarm) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in alarm.dimensions.items()]
    return {
        "Id": "points",
        "MetricStat": {
            "Metric": {
                "Namespace": alarm.namespace,
                "MetricName": alarm.metric,
                "Dimensions": dimensions,
            },
            "Period": alarm.period,
            "Stat": alarm.statistic,
        },
    }


@dataclass(frozen=True)
class Seen:
    """An alarm now: its state, its newest value, and when it was last raised within the hours."""

    alarm: Alarm
    state: State
    newest: float | None
    last_raised: datetime | None


def look(deployment: Deployment, hours: float, now: datetime) -> list[Seen]:
    """All alarms over the last hours."""
    alarms = deployed(deployment)
    end = now.timestamp()
    start = end - hours * 3600
    points = gathered(deployment, alarms, start, end)
    return [_seen(alarm, points[alarm.name], start, end) for alarm in alarms]


def _seen(alarm: Alarm, points: dict[float, float], start: float, end: float) -> Seen:
    moments = raised(alarm, points, start, end)
    return Seen(
        alarm,
        state_at(alarm, points, end),
        points[max(points)] if points else None,
        datetime.fromtimestamp(moments[-1], UTC) if moments else None,
    )
