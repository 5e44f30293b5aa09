"""Whose an object is, by its key, and so how it is cleaned: the API's, a source's, or nobody's."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lambdas.clean.captured.step import clean_object
from lambdas.clean.mapping import MappingError, Mappings
from lambdas.clean.outputs import set_aside
from lambdas.clean.reasons import Reason
from lambdas.clean.sources.step import clean_source_object
from lambdas.lake.documents import CleanedObject, CleanedSoFar, RecordCounts
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import captured_entity

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.lake.documents import RawObject
    from lambdas.lake.objects import ObjectStore

SOURCES = Path(__file__).resolve().parents[2] / "sources"


@cache
def mappings() -> Mappings:
    """Those that were shipped with the function, and can be read."""
    return Mappings.of_folder(SOURCES, strict=False)


def clean_any(
    store: ObjectStore,
    source: RawObject,
    so_far: CleanedSoFar | None = None,
    note: Callable[[CleanedSoFar], bool] = lambda _: True,
) -> CleanedSoFar:
    """Cleans one version of a raw object, or goes on with it; see `clean_source_object`."""
    if captured_entity(source.key):
        return CleanedSoFar(clean_object(store, source))
    try:
        if _is_folder(store, source):
            return CleanedSoFar(CleanedObject(source, RecordCounts(0), []))
        if mapping := mappings().of_key(source.key):
            arrivals = mappings().arrivals
            return clean_source_object(store, source, mapping, so_far, note, arrivals)
    except MappingError as error:
        broken = Reason.BAD_MAPPING.of().because(error)
        return CleanedSoFar(set_aside(store, source, broken))
    except ObjectMissingError as error:
        missing = Reason.UNREADABLE_OBJECT.of().because(f"there is no {error}")
        return CleanedSoFar(set_aside(store, source, missing))
    return CleanedSoFar(set_aside(store, source, Reason.UNKNOWN_SOURCE.of(source.key)))


def _is_folder(store: ObjectStore, source: RawObject) -> bool:
    """Whether it is what consoles leave for an empty folder: nothing arrived in it."""
    return source.key.endswith("/") and not store.read(source.key, source.version_id, 0, 1)
