"""Names of a source's fields: which column of an object a mapping means by one.

A name matches in whatever case, and with or without spaces, underscores and hyphens. A dot goes
into nested JSON, unless a column has the dot in its own name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Path = tuple[str, ...]
"""A field's place in a record: its column's name, or the keys that lead to it in nested JSON."""

MAX_COLUMNS = 2000
"""Paths told apart in one object; a JSON object with more has values for keys."""

FILLER = re.compile(r"[\s_\-]+")


def normal(name: str) -> str:
    """What is left of a name when nothing but its letters, digits and signs count."""
    return FILLER.sub("", unicodedata.normalize("NFKC", name)).casefold()


def path_of(column: str | Path) -> Path:
    return (column,) if isinstance(column, str) else column


def found(name: str, columns: Iterable[str | Path]) -> list[Path]:
    """The columns that a name means: several where keys differ in case alone."""
    wanted = normal(name)
    paths = (path_of(column) for column in columns)
    return [path for path in paths if normal(".".join(path)) == wanted]


def first_found(aliases: Sequence[str], columns: Sequence[str | Path]) -> tuple[str, list[Path]]:
    """The first alias that is there, and what it means; the last, and nothing, if none is."""
    for alias in aliases:
        if paths := found(alias, columns):
            return alias, paths
    return aliases[-1], []


def pointer(path: Path) -> str:
    """A JSON pointer (RFC 6901), as the engine takes one."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


class Columns:
    """Gathers the columns of an object from its records, in the order in which they first come."""

    def __init__(self) -> None:
        self._seen: dict[Path, None] = {}

    def add(self, fields: Mapping[str, Any]) -> None:
        """Raises nothing: past MAX_COLUMNS, new ones are left out."""
        if len(self._seen) < MAX_COLUMNS:
            self._seen.update(dict.fromkeys(_paths(fields, ())))

    def __iter__(self) -> Iterator[Path]:
        return iter(tuple(self._seen))


def _paths(fields: Mapping[str, Any], above: Path) -> Iterator[Path]:
    for key, value in fields.items():
        if isinstance(value, dict):
            yield from _paths(value, (*above, key))
        else:
            yield (*above, key)
