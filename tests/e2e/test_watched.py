"""After the walk: the metrics that alarms watch are there, and the deployed alarms tell."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lambdas.contracts import metrics
from local.alarms import deployed, gathered, raised
from local.operate import call
from tests.e2e.waiting import eventually

if TYPE_CHECKING:
    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
SECONDS = 30
HOUR = 3600


def newest(pipeline: Pipeline, alarm: str) -> float:
    """The newest value of what the alarm watches."""
    [found] = [each for each in deployed(pipeline.access) if each.name == f"mercado-{alarm}"]
    now = time.time()
    points = gathered(pipeline.access, [found], now - HOUR, now)[found.name]
    return points[max(points)]


def test_gold_is_not_behind_once_every_checkout_is_published(pipeline: Pipeline) -> None:
    eventually(pipeline.idle, SECONDS)
    eventually(lambda: call(pipeline.access, "Watch", {})["gold_lag"] == 0, SECONDS)
    listed = pipeline.access.client("cloudwatch").list_metrics(
        Namespace=metrics.namespace("mercado")
    )
    names = {each["MetricName"] for each in listed["Metrics"]}
    told = {metrics.CHECKED_OUT_AT, metrics.NEWEST_SALE_AT, metrics.REVENUE, metrics.RUN_DURATION}
    assert {each.name for each in told} <= names


def test_a_message_that_is_given_up_raises_its_alarm(pipeline: Pipeline) -> None:
    sqs, url = pipeline.access.client("sqs"), pipeline.access.outputs["DeadLetterQueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="given up")
    try:
        eventually(lambda: newest(pipeline, "DeadLettersDepth") == 1, SECONDS)
        now = time.time()
        alarms = deployed(pipeline.access)
        points = gathered(pipeline.access, alarms, now - 60, now)
        # The watch has spoken only now, and the periods before it count as silence.
        awake = [each for each in alarms if each.missing == "notBreaching"]
        told = [each.name for each in awake if raised(each, points[each.name], now - 60, now)]
        assert "mercado-DeadLettersDepth" in told
    finally:
        sqs.purge_queue(QueueUrl=url)


def test_what_waits_in_stream_and_queue_is_measured(pipeline: Pipeline) -> None:
    now = time.time()
    ages = [each for each in deployed(pipeline.access) if each.name.endswith("Age")]
    points = gathered(pipeline.access, ages, now - HOUR, now)
    assert len(ages) == len(points) >= 2
    longest = {alarm.name: max(points[alarm.name].values()) for alarm in ages}
    assert all(0 <= longest[alarm.name] < alarm.threshold for alarm in ages)
    waited = [each for each in ages if longest[each.name] > 0]
    # A vendor's file is taken at once, so that its queue may never have had a message for a second.
    assert {each.name.removeprefix("mercado-") for each in ages if each not in waited} <= {
        "VendorFilesQueueAge"
    }
    for alarm in waited:
        strict = replace(alarm, threshold=longest[alarm.name], enough=1)
        assert raised(strict, points[alarm.name], now - HOUR, now), "a drill can lower thresholds"
