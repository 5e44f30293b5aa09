"""Splitting a run's raw objects into the batches that one invocation of clean takes each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.lake.documents import CleanBatch
from lambdas.lake.groups import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.lake.documents import RawObject

MAX_OBJECTS = 25
MAX_BYTES = 16 * 1024 * 1024
"""As stored, compressed. An object that is larger gets a batch of its own."""


def split(
    objects: Iterable[RawObject], max_objects: int = MAX_OBJECTS, max_bytes: int = MAX_BYTES
) -> list[CleanBatch]:
    """Batches numbered from 0, the same for any order of the same objects."""
    groups = grouped(sorted(objects), max_objects, max_bytes)
    return [CleanBatch(number, group) for number, group in enumerate(groups)]
