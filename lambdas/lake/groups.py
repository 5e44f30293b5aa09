"""Raw objects in groups that one piece of work can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.lake.documents import RawObject


def grouped(
    objects: Iterable[RawObject], max_objects: int, max_bytes: int
) -> Iterator[list[RawObject]]:
    """Neighbours together, within both bounds; an object that is larger has a group of its own."""
    group: list[RawObject] = []
    size = 0
    for each in objects:
        if group and (len(group) == max_objects or size + each.size > max_bytes):
            yield group
            group, size = [], 0
        group.append(each)
        size += each.size
    if group:
        yield group
