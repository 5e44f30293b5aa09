"""From a run's documents to its record. Pure, but for the clock that is handed in."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambdas.lake.documents import RecordCounts, TableCounts
from lambdas.lake.layout import gold_key
from lambdas.record.conservation import check
from lambdas.record.documents import RunRecord, console_link, table_of

if TYPE_CHECKING:
    from typing import Any

    from lambdas.lake.documents import CleanedObject, PublishedPart
    from lambdas.record.documents import RunDocuments


def record_of(run: RunDocuments, execution: str, started: str, now: datetime) -> RunRecord:
    """The record of a run that conserved everything.

    `started` is ISO 8601, as Step Functions gives it. Raises ConservationError.
    """
    check(run)
    finished = now.astimezone(UTC)
    begun = datetime.fromisoformat(started)
    return RunRecord(
        run=run.manifest.run,
        digest=run.manifest.digest,
        attempt=run.manifest.attempt,
        target=run.manifest.target,
        execution=execution,
        link=console_link(execution),
        started=iso(begun),
        finished=iso(finished),
        seconds=(finished - begun).total_seconds(),
        counts=asdict(record_counts(run)),
        reasons=_reasons(run),
        tables={table: asdict(counts) for table, counts in table_counts(run).items()},
        inputs=[asdict(each) for each in run.manifest.objects],
        outputs=_outputs(run),
        lineage=[_lineage(each) for each in run.objects],
        newest=run.conformed.newest,
    )


def record_counts(run: RunDocuments) -> RecordCounts:
    return sum((each.counts for each in run.objects), RecordCounts(records=0))


def table_counts(run: RunDocuments) -> dict[str, TableCounts]:
    """Rows by table: conform's, with what publish did in place of what conform handed on."""
    totals = {
        table: TableCounts(
            rows=counts.rows, superseded=counts.superseded, unchanged=counts.unchanged
        )
        for table, counts in run.conformed.counts.items()
    }
    for done in run.published:
        handed_on = TableCounts(**{**asdict(done.counts), "rows": 0})
        totals[done.part.table] += handed_on
    return dict(sorted(totals.items()))


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _reasons(run: RunDocuments) -> dict[str, int]:
    reasons: Counter[str] = Counter()
    for each in run.objects:
        reasons.update(each.reasons)
    return dict(reasons)


def _outputs(run: RunDocuments) -> dict[str, Any]:
    return {
        "cleaned": [entity.key for each in run.objects for entity in each.cleaned],
        "quarantine": [key for each in run.objects for key in each.quarantine],
        "deltas": [part.key for part in run.conformed.deltas],
        "gold": [_gold(run, done) for done in run.published],
        "warehouse": [asdict(each) for each in run.loaded.tables] if run.loaded else [],
    }


def _gold(run: RunDocuments, done: PublishedPart) -> dict[str, Any]:
    part = done.part
    key = gold_key(run.manifest.target, part.table, part.partition, part.bucket)
    return {"key": key, "generation": done.generation, "counts": asdict(done.counts)}


def _lineage(each: CleanedObject) -> dict[str, Any]:
    return {
        "raw": each.source.key,
        "version_id": each.source.version_id,
        "counts": asdict(each.counts),
        "quarantine": each.quarantine,
        "new_columns": each.new_columns,
        "mail": asdict(each.mail) if each.mail else None,
        "cleaned": [
            {"key": entity.key, "rows": entity.rows, "table": table_of(entity.entity)}
            for entity in each.cleaned
        ],
    }
