"""What cleaning writes of a part of an object, under names that follow from the object alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.clean.quarantine import render_unread
from lambdas.lake.documents import CleanedEntity, CleanedObject, RecordCounts
from lambdas.lake.layout import cleaned_key, quarantine_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.clean.judging import Accepted
    from lambdas.clean.reasons import Rejection
    from lambdas.lake.documents import RawObject
    from lambdas.lake.objects import ObjectStore


def put_accepted(
    store: ObjectStore, source: RawObject, accepted: Iterable[Accepted], part: int = 0
) -> list[CleanedEntity]:
    """One cleaned object for each entity."""
    written = []
    for each in accepted:
        key = cleaned_key(each.entity, source.key, source.version_id, part)
        store.put(key, each.path.read_bytes())
        written.append(CleanedEntity(each.entity, key, each.rows))
    return written


def put_quarantine(
    store: ObjectStore, source: RawObject, body: bytes | None, part: int = 0
) -> list[str]:
    """The key of the quarantine, if there is a body; else an earlier run's is taken away."""
    key = quarantine_key(source.key, source.version_id, part)
    if body is not None:
        store.put(key, body)
        return [key]
    if store.head(key):
        store.delete(key)
    return []


def set_aside(
    store: ObjectStore, source: RawObject, rejection: Rejection, part: int = 0
) -> CleanedObject:
    """Quarantines an object whole, or from a part of it on, without reading it."""
    quarantine = put_quarantine(store, source, render_unread(source, rejection), part)
    counts = RecordCounts(1, quarantined=1)
    return CleanedObject(source, counts, [], quarantine, {rejection.reason.code: 1})
