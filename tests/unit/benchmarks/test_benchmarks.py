"""The benchmark exercises the API that there is, and counts what DynamoDB is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import boto3
import pytest
from moto import mock_aws

from benchmarks.clients import InProcess
from benchmarks.exercises import EXERCISES, BenchmarkError, Request
from benchmarks.latency import Latency
from benchmarks.routes import floor, latencies, usages
from benchmarks.usage import UsageCounter
from lambdas.api.routes import route_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.api.market import Market

NO_MARKET = cast("Market", None)


@pytest.fixture
def shop() -> Iterator[InProcess]:
    with mock_aws():
        yield InProcess(boto3.client("dynamodb", region_name="us-east-1"))


def test_every_route_has_an_exercise_and_no_other_has() -> None:
    assert set(EXERCISES) == set(route_table(NO_MARKET, lambda _: None))


def test_every_exercise_is_answered_as_it_should_be(shop: InProcess) -> None:
    found = latencies(shop, rounds=2)
    assert set(found) == {f"{method} {rule}" for method, rule in EXERCISES}
    assert floor(shop, rounds=2).p50 > 0


def test_calls_and_capacity_are_those_of_the_request_alone(shop: InProcess) -> None:
    found = usages(shop, UsageCounter(shop.dynamodb))
    assert found["GET /health"].calls == 0
    assert found["GET /customers/<customer_id>"].calls == 1
    assert found["GET /customers/<customer_id>"].writes == 0


def test_an_answer_that_an_exercise_does_not_expect_is_an_error_that_quotes_it(
    shop: InProcess,
) -> None:
    with pytest.raises(BenchmarkError, match=r"GET /customers/7 answered 404: .*customer"):
        shop.send(Request("GET", "/customers/7"))


def test_percentiles_are_milliseconds() -> None:
    found = Latency.of([0.001] * 19 + [0.101])
    assert found.p50 == pytest.approx(1.0)
    assert found.p95 == pytest.approx(6.0)
