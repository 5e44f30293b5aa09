"""What a recorded run tells in metrics. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambdas.contracts import BY_ENTITY
from lambdas.contracts.metrics import (
    NEWEST_SALE_AT,
    RECORDS_ACCEPTED,
    RECORDS_DUPLICATE,
    RECORDS_IGNORED,
    RECORDS_IN,
    RECORDS_QUARANTINED,
    ROWS_PUBLISHED,
    RUN_DURATION,
    RUNS_RECORDED,
)
from lambdas.lake.layout import LIVE

if TYPE_CHECKING:
    from lambdas.contracts.metrics import Measure
    from lambdas.record.documents import RunRecord

COUNTS = {
    RECORDS_IN: "records",
    RECORDS_ACCEPTED: "accepted",
    RECORDS_QUARANTINED: "quarantined",
    RECORDS_DUPLICATE: "duplicate",
    RECORDS_IGNORED: "ignored",
}
SALES = BY_ENTITY["transaction_line"].table


def of_run(record: RunRecord) -> dict[Measure, float]:
    """What is measured once a run: counts, and how fresh gold is.

    Nothing of a replay, which promotes what was counted.
    """
    if record.target != LIVE:
        return {}
    run = {measure: float(record.counts[name]) for measure, name in COUNTS.items()}
    changed = sum(each["inserted"] + each["updated"] for each in record.tables.values())
    run |= {ROWS_PUBLISHED: changed, RUNS_RECORDED: 1, RUN_DURATION: record.seconds}
    return run | freshness(record)


def freshness(record: RunRecord) -> dict[Measure, float]:
    """The newest sale of the run: it may be told again, since only the highest counts.

    A run without sales says nothing, so that silence is never taken for freshness.
    """
    if record.target != LIVE or SALES not in record.newest:
        return {}
    return {NEWEST_SALE_AT: _moment(record.newest[SALES])}


def _moment(iso: str) -> float:
    return round(datetime.fromisoformat(iso).astimezone(UTC).timestamp(), 3)
