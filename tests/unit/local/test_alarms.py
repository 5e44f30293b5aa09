"""Alarms evaluated over points: periods in a row, missing data, what a drill would raise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from local.alarms import Alarm, AlarmError, raised, state_at

DESCRIBED: dict[str, Any] = {
    "AlarmName": "mercado-ChangesQueueAge",
    "Namespace": "AWS/SQS",
    "MetricName": "ApproximateAgeOfOldestMessage",
    "Dimensions": [{"Name": "QueueName", "Value": "raw-objects"}],
    "Statistic": "Maximum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 600.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "notBreaching",
}
ALARM = Alarm.described(DESCRIBED)


def minutes(*values: float | None, start: float = 0.0) -> dict[float, float]:
    """Points a minute apart; None is a minute without any."""
    return {
        start + 60.0 * number: value for number, value in enumerate(values) if value is not None
    }


def test_what_was_deployed_is_what_is_evaluated() -> None:
    assert ALARM.dimensions == {"QueueName": "raw-objects"}
    assert (ALARM.period, ALARM.periods, ALARM.enough) == (60, 3, 3)
    slow = Alarm.described({**DESCRIBED, "ExtendedStatistic": "p95", "DatapointsToAlarm": 2})
    assert (slow.statistic, slow.enough) == ("p95", 2)


def test_it_takes_periods_in_a_row_at_or_over_the_threshold() -> None:
    assert state_at(ALARM, minutes(600, 700, 900), 180) == "ALARM"
    assert state_at(ALARM, minutes(600, 599, 900), 180) == "OK"
    assert state_at(ALARM, minutes(600, 700), 120) == "OK"


def test_periods_before_and_after_do_not_count() -> None:
    assert state_at(ALARM, minutes(900, 900, 900, 1), 240) == "OK"
    assert state_at(ALARM, minutes(900, 900, 900, 1), 239) == "ALARM"


def test_some_of_the_periods_suffice_where_the_alarm_says_so() -> None:
    some = replace(ALARM, enough=2)
    assert state_at(some, minutes(900, 1, 900), 180) == "ALARM"


@pytest.mark.parametrize(
    ("missing", "state"),
    [
        ("breaching", "ALARM"),
        ("notBreaching", "OK"),
        ("missing", "INSUFFICIENT_DATA"),
        ("ignore", "INSUFFICIENT_DATA"),
    ],
)
def test_silence_is_judged_as_the_alarm_says(missing: str, state: str) -> None:
    assert state_at(replace(ALARM, missing=missing), {}, 180) == state


def test_a_drill_learns_when_an_alarm_would_have_been_raised() -> None:
    points = minutes(1, 900, 900, 900, 900, 1, 1)
    assert raised(ALARM, points, start=0, end=419) == [240, 300]
    assert raised(ALARM, points, start=0, end=180) == [240], "the period under way counts"
    assert raised(replace(ALARM, threshold=1000), points, start=0, end=419) == []


def test_an_alarm_that_cannot_be_evaluated_is_refused_by_name() -> None:
    with pytest.raises(AlarmError, match="mercado-ChangesQueueAge"):
        Alarm.described({**DESCRIBED, "Metrics": [{"Id": "m1"}]})
    with pytest.raises(AlarmError, match="mercado-ChangesQueueAge"):
        Alarm.described({**DESCRIBED, "ComparisonOperator": "GreaterThanUpperThreshold"})
