"""Waiting for what a cloud does in its own time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from local.queries import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local.pipeline import Pipeline

Found = TypeVar("Found")

PAUSE_SECONDS = 0.3
CLEANED_SECONDS, PULLED_SECONDS = 90, 120


def eventually(
    found: Callable[[], Found | None], seconds: float, otherwise: Callable[[], str] = lambda: ""
) -> Found:
    """What it finds, once that is true; else it fails with what `otherwise` says."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, f"not within {seconds} s; {otherwise()}"
        time.sleep(PAUSE_SECONDS)
    return value


def told_of(pipeline: Pipeline, key: str) -> dict[str, Any]:
    """What became of the raw object, as its run's record has it."""

    def told() -> dict[str, Any] | None:
        lineage = (each for record in pipeline.records() for each in record["lineage"])
        return next((dict(each) for each in lineage if each["raw"] == key), None)

    return eventually(told, CLEANED_SECONDS, lambda: f"{key} is in no record: {pipeline.runs()}")


def ended(pipeline: Pipeline, execution: str) -> dict[str, Any]:
    """An execution, by its ARN, as it describes itself once it has ended."""
    machines = pipeline.access.client("stepfunctions")

    def over() -> dict[str, Any] | None:
        told: dict[str, Any] = machines.describe_execution(executionArn=execution)
        return None if told["status"] == "RUNNING" else told

    def events() -> str:
        history = machines.get_execution_history(executionArn=execution)
        return f"{execution} does not end: {history['events']}"

    return eventually(over, PULLED_SECONDS, events)


def shows(pipeline: Pipeline, sql: str, expected: Sequence[tuple[str, ...]]) -> None:
    """Waits until gold does."""

    def rows() -> list[tuple[str, ...]]:
        return [tuple(map(str, row)) for row in ask(pipeline.access, "athena", sql).rows]

    eventually(
        lambda: rows() == expected,
        PULLED_SECONDS,
        lambda: f"gold shows {rows()}: {pipeline.runs()}",
    )
