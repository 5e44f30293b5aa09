"""A source's object: from its version to the cleaned objects and quarantine of each part of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from lambdas.clean.foreign import START, clean_parts
from lambdas.clean.formats import Position
from lambdas.clean.quarantine import render_rows
from lambdas.clean.step import clear
from lambdas.lake.documents import CleanedEntity, CleanedObject, CleanedSoFar, RecordCounts
from lambdas.lake.layout import cleaned_key, quarantine_key
from lambdas.lake.streams import ObjectStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.clean.foreign import CleanedPart
    from lambdas.clean.mapping import SourceMapping
    from lambdas.lake.documents import RawObject
    from lambdas.lake.objects import ObjectStore


def clean_source_object(
    store: ObjectStore,
    source: RawObject,
    mapping: SourceMapping,
    so_far: CleanedSoFar | None = None,
    note: Callable[[CleanedSoFar], bool] = lambda _: True,
) -> CleanedSoFar:
    """Cleans the parts that are left. Each is told to `note`, which says whether to go on.

    All it writes has fixed names, so again is the same. Raises ObjectMissingError.
    """
    so_far = so_far or CleanedSoFar(CleanedObject(source, RecordCounts(0), []), position={})
    start = Position(**so_far.position) if so_far.position else START
    stream = ObjectStream(store, source.key, source.version_id)
    for part in clean_parts(stream, mapping, start):
        done = _written(store, source, part, so_far.parts)
        so_far = CleanedSoFar(so_far.cleaned + done, so_far.parts + 1, asdict(part.after))
        if not note(so_far):
            return so_far
    clear(store, quarantine_key(source.key, source.version_id, so_far.parts))
    return CleanedSoFar(so_far.cleaned, so_far.parts)


def _written(
    store: ObjectStore, source: RawObject, part: CleanedPart, number: int
) -> CleanedObject:
    entities = []
    for accepted in part.accepted:
        key = cleaned_key(accepted.entity, source.key, source.version_id, number)
        store.put(key, accepted.path.read_bytes())
        entities.append(CleanedEntity(accepted.entity, key, accepted.rows))
    quarantine = quarantine_key(source.key, source.version_id, number)
    if part.rejected:
        store.put(quarantine, render_rows(source, part.rejected, part.originals))
    else:
        clear(store, quarantine)
    return CleanedObject(
        source,
        part.counts,
        entities,
        [quarantine] if part.rejected else [],
        dict(sorted(part.reasons.items())),
        list(part.new_columns),
    )
