"""Metrics: one line each, under the names that alarms read, and never in the way of the work."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.contracts import metrics
from lambdas.contracts.metrics import (
    GOLD_LAG,
    NAMESPACE_VARIABLE,
    ORDERS,
    REVENUE,
    RUNS_STARTED,
    Measure,
)
from lambdas.runtime.observe import as_line, emit, logger

if TYPE_CHECKING:
    from collections.abc import Callable

    Emitted = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def emitted(capsys: pytest.CaptureFixture[str]) -> Emitted:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_measure_is_a_line_of_emf_in_the_deployments_namespace(
    emitted: Emitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAMESPACE_VARIABLE, metrics.namespace("stage"))
    emit({ORDERS: 1, REVENUE: 19.98})
    [line] = emitted()
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "SamnsMercado/stage"
    assert directive["Dimensions"] == [["service"]]
    assert (line["service"], line["Orders"], line["Revenue"]) == ("api", [1.0], [19.98])


def test_a_step_that_another_function_does_is_still_that_step(
    emitted: Emitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sweep")
    emit({RUNS_STARTED: 2})
    assert emitted()[0]["service"] == "dispatch"


def test_a_count_of_nothing_is_silence_and_a_lag_of_nothing_is_told(emitted: Emitted) -> None:
    emit({ORDERS: 0})
    emit({GOLD_LAG: 0.0})
    assert [line["GoldLag"] for line in emitted()] == [[0.0]]


def test_a_measure_that_cannot_be_written_is_logged_and_stops_nothing(
    emitted: Emitted, caplog: pytest.LogCaptureFixture
) -> None:
    emit({ORDERS: "many"})  # type: ignore[dict-item]
    emit({ORDERS: 1, RUNS_STARTED: 1})
    assert [record.message for record in caplog.records] == ["metrics lost", "metrics lost"]
    assert not any("_aws" in line for line in emitted())


def test_no_two_measures_share_a_name() -> None:
    names = [each.name for each in vars(metrics).values() if isinstance(each, Measure)]
    assert len(names) > 20
    assert len(set(names)) == len(names)


def test_no_log_line_holds_a_token_or_a_key_wherever_it_was_logged() -> None:
    # In parts, so that the search for secrets in files does not take it for one.
    jwt = ".".join(("eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJ4In0", "c2ln"))
    entry = {
        "message": f"could not read {jwt}, sorry",
        "event": {"headers": {"Authorization": "Bearer x", "idempotency-key": "order-1"}},
        "errors": [("Idempotency-Key", jwt), {"AUTHORIZATION": jwt}],
        "when": datetime(2026, 3, 17, tzinfo=UTC),
    }
    assert json.loads(as_line(entry)) == {
        "message": "could not read …, sorry",
        "event": {"headers": {"Authorization": "…", "idempotency-key": "…"}},
        "errors": [["Idempotency-Key", "…"], {"AUTHORIZATION": "…"}],
        "when": "2026-03-17 00:00:00+00:00",
    }


def test_the_logger_writes_redacted_lines() -> None:
    handler = logger.registered_handler
    record = logging.LogRecord("x", logging.INFO, "x", 1, "eyJa.eyJb.c of %s", ("Ada",), None)
    line = json.loads(handler.format(record))
    assert line["message"] == "… of Ada"
