"""The watch against CloudWatch: it reads what API and runs emitted, and emits its verdict."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from lambdas.contracts.metrics import (
    CHECKED_OUT_AT,
    NAMESPACE_VARIABLE,
    NEWEST_SALE_AT,
    RECORDS_IN,
    RECORDS_QUARANTINED,
    namespace,
)
from lambdas.watch import handler
from lambdas.watch.handler import judge
from lambdas.watch.series import Metrics
from tests.fakes import FakeContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.contracts.metrics import Measure

STAGE = namespace("stage")
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def metrics() -> Iterator[Metrics]:
    with mock_aws():
        yield Metrics(boto3.client("cloudwatch", region_name="us-east-1"), STAGE)


def put(metrics: Metrics, measure: Measure, value: float, at: datetime) -> None:
    metrics.client.put_metric_data(
        Namespace=STAGE,
        MetricData=[
            {
                "MetricName": measure.name,
                "Dimensions": [{"Name": "service", "Value": measure.service}],
                "Timestamp": at,
                "Value": value,
            }
        ],
    )


def check_out(metrics: Metrics, at: datetime) -> None:
    put(metrics, CHECKED_OUT_AT, at.timestamp(), at)


def test_a_checkout_that_no_run_has_published_is_lag(metrics: Metrics) -> None:
    check_out(metrics, NOW - timedelta(hours=2))
    put(
        metrics,
        NEWEST_SALE_AT,
        (NOW - timedelta(hours=2)).timestamp(),
        NOW - timedelta(minutes=119),
    )
    assert judge(metrics, NOW).lag == 0
    check_out(metrics, NOW - timedelta(minutes=30))
    assert judge(metrics, NOW).lag == pytest.approx(1800)


def test_only_the_last_hours_records_count_towards_quarantine(metrics: Metrics) -> None:
    for hours, bad in ((0, 10), (3, 90)):
        at = NOW - timedelta(hours=hours, minutes=5)
        put(metrics, RECORDS_IN, 100, at)
        put(metrics, RECORDS_QUARANTINED, bad, at)
    assert judge(metrics, NOW).quarantined == pytest.approx(10)


def test_the_verdict_is_emitted_even_when_all_is_well(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(NAMESPACE_VARIABLE, STAGE)
    monkeypatch.setattr(handler, "_metrics", lambda: metrics)
    handler.handle({}, FakeContext())
    [line] = [json.loads(each) for each in capsys.readouterr().out.splitlines() if "_aws" in each]
    assert (line["GoldLag"], line["QuarantinedPercent"]) == ([0.0], [0.0])
    assert line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == STAGE
