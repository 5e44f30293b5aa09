"""How far a run came, step by step, and why it went no further. Pure."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lambdas.record.documents import FailedItem
    from local.run_documents import Left

FOUND_BY_RECORD = {"ConservationError", "MissingDocumentError"}


@dataclass(frozen=True)
class Step:
    """One step of the promotion. `did` are its counts; `seconds` are as exact as S3's clock.

    A step begins where the one before ended, since that is when its own documents can come.
    """

    name: str
    done: bool
    did: str
    seconds: float | None = None


def steps(left: Left) -> list[Step]:
    """All steps in their order, those that are not done too (Load only where it began)."""
    found: list[Step] = []
    begun = left.started
    for name, done, did, ended in _ended(left):
        seconds = (ended - begun).total_seconds() if done and ended and begun else None
        found.append(Step(name, done, did, None if seconds is None else max(0.0, seconds)))
        begun = max(begun, ended) if begun and ended else begun
    return found


def failed_in(left: Left) -> str | None:
    """The step in which a run that failed did so; None where its documents do not say."""
    if left.failure is None or left.record:
        return None
    open_steps = [step.name for step in steps(left) if not step.done]
    loads = left.loaded or any(name.startswith("load/") for name in left.written)
    if open_steps == ["Record"] and not loads and left.failure.error not in FOUND_BY_RECORD:
        return "Load or Record"
    return open_steps[0] if open_steps else None


def cause_in_a_sentence(left: Left, item: FailedItem | None = None) -> str | None:
    """What failed, where and why; if items of a map failed, why one of them did."""
    if left.failure is None or left.record:
        return None
    where = failed_in(left)
    place = f" in {where}" if where else ""
    if left.failure.status == "ABORTED":
        return f"Somebody stopped it{place}."
    if left.failure.status == "TIMED_OUT":
        return f"Its time was over{place}."
    told = item or left.failure
    error = told.error or left.failure.status
    message = message_of(told.cause or "").removeprefix(f"{error}: ")
    return (
        f"It failed{place} with {error}: {message}"
        if message
        else f"It failed{place} with {error}."
    )


def message_of(cause: str) -> str:
    """The sentence in a cause: a failed function's is JSON with `errorMessage` and `errorType`."""
    try:
        told = json.loads(cause)
    except ValueError:
        return cause
    if not isinstance(told, dict) or "errorMessage" not in told:
        return cause
    kind = f"{told['errorType']}: " if told.get("errorType") else ""
    return f"{kind}{told['errorMessage']}"


def _ended(left: Left) -> Iterator[tuple[str, bool, str, datetime | None]]:
    """Per step: its name, whether it is done, what it did, when its last document was written."""
    batches = len(left.batches or [])
    planned = left.manifest.objects if left.manifest else []
    plan = f"{len(planned)} objects in {batches} batches"
    yield "Plan", left.batches is not None, plan, _last(left, "clean-batches.json")
    cleaned = f"{len(left.cleaned)} of {batches} batches, {_counts(left)}"
    all_cleaned = left.batches is not None and len(left.cleaned) == batches
    yield "Clean", all_cleaned, cleaned, _last(left, "cleaned/")
    deltas = left.conformed.deltas if left.conformed else []
    rows = f"{sum(each.rows for each in deltas)} rows in {len(deltas)} deltas"
    yield "Conform", left.conformed is not None, rows, _last(left, "conformed.json")
    published = f"{len(left.published)} of {len(deltas)} partitions, {_rows(left)}"
    all_published = left.conformed is not None and len(left.published) == len(deltas)
    yield "Publish", all_published, published, _last(left, "published/")
    if left.loaded or any(name.startswith("load/") for name in left.written):
        tables = left.loaded.tables if left.loaded else []
        staged = f"{sum(each.staged for each in tables)} rows staged for {len(tables)} tables"
        yield "Load", left.loaded is not None, staged, _last(left, "loaded.json")
    yield "Record", left.record is not None, "counts agree" if left.record else "", left.finished


def _last(left: Left, name: str) -> datetime | None:
    """When the document of this name was written, or the last one of this folder."""
    return max((when for each, when in left.written.items() if each.startswith(name)), default=None)


def _counts(left: Left) -> str:
    counts = left.counts or {}
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "no record counted"


def _rows(left: Left) -> str:
    total: Counter[str] = Counter()
    for each in left.published:
        for name in ("inserted", "updated", "superseded", "unchanged"):
            total[name] += getattr(each.counts, name)
    return ", ".join(f"{total[name]} {name}" for name in total) or "no row"
