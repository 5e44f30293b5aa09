"""Law 1: nothing that came in is lost or counted twice, from raw object to warehouse. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lambdas.contracts import BY_TABLE, Kind
from lambdas.record.documents import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.lake.documents import DeltaPart, RawObject
    from lambdas.record.documents import RunDocuments

MAX_NAMED = 20


class ConservationError(Exception):
    """Counts of a run do not agree. Poison: it fails the run, and no retry mends it."""

    def __init__(self, differences: list[str]) -> None:
        named = differences[:MAX_NAMED]
        more = len(differences) - len(named)
        super().__init__("; ".join([*named, f"and {more} more"] if more else named))
        self.differences = differences


def check(run: RunDocuments) -> None:
    """Raises ConservationError, which names all that differs."""
    differences = [
        *_objects(run),
        *_entities(run),
        *_deltas(run),
        *_published(run),
        *_loaded(run),
    ]
    if differences:
        raise ConservationError(differences)


def rows_by_table(parts: Iterable[DeltaPart]) -> Counter[str]:
    """Rows that deltas hand on, by table."""
    rows: Counter[str] = Counter()
    for part in parts:
        rows[part.table] += part.rows
    return rows


def _objects(run: RunDocuments) -> Iterator[str]:
    """Every object of the manifest was cleaned once, and all its records are accounted for."""
    wanted = Counter(_name(each) for each in run.manifest.objects)
    cleaned = Counter(_name(each.source) for each in run.objects)
    for name in sorted(wanted | cleaned):
        if wanted[name] != cleaned[name]:
            yield f"{name}: {wanted[name]} times in the manifest, cleaned {cleaned[name]} times"
    for each in run.objects:
        if not each.counts.balanced:
            yield f"{_name(each.source)}: counts of records do not add up: {each.counts}"


def _entities(run: RunDocuments) -> Iterator[str]:
    """Conform took in every cleaned row; what dimensions have beyond that, it inferred."""
    cleaned: Counter[str] = Counter()
    for each in run.objects:
        for entity in each.cleaned:
            cleaned[table_of(entity.entity)] += entity.rows
    conformed = Counter({table: each.rows for table, each in run.conformed.counts.items()})
    for table in sorted(cleaned | conformed):
        inferrable = BY_TABLE[table].kind is Kind.DIMENSION
        lost = conformed[table] < cleaned[table]
        if lost or (conformed[table] > cleaned[table] and not inferrable):
            yield f"{table}: {cleaned[table]} rows cleaned, {conformed[table]} conformed"


def _deltas(run: RunDocuments) -> Iterator[str]:
    """What conform did not set aside is in the deltas."""
    handed_on = rows_by_table(run.conformed.deltas)
    for table in sorted(handed_on.keys() | run.conformed.counts.keys()):
        counts = run.conformed.counts.get(table)
        kept = counts.rows - counts.superseded - counts.unchanged if counts else 0
        if kept != handed_on[table]:
            yield f"{table}: conform kept {kept} rows, its deltas hold {handed_on[table]}"


def _published(run: RunDocuments) -> Iterator[str]:
    """Every delta was published, and all its rows are accounted for."""
    for part, done in zip(run.conformed.deltas, run.published, strict=True):
        if done.part != part:
            yield f"{part.key}: another delta was published: {done.part.key}"
        if done.counts.rows != part.rows or not done.counts.balanced:
            yield f"{part.key}: {part.rows} rows, published {done.counts}"


def _loaded(run: RunDocuments) -> Iterator[str]:
    """If a warehouse was loaded, every delta's rows were staged there."""
    if run.loaded is None:
        return
    wanted = rows_by_table(run.conformed.deltas)
    staged = Counter({each.table: each.staged for each in run.loaded.tables})
    for table in sorted(wanted | staged):
        if wanted[table] != staged[table]:
            yield f"{table}: deltas hold {wanted[table]} rows, the warehouse staged {staged[table]}"


def _name(raw: RawObject) -> str:
    return f"{raw.key}@{raw.version_id}"
