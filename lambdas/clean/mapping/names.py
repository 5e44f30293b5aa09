"""Names of a source's fields: which column of an object a mapping means by one.

A name matches in whatever case, and with or without spaces, underscores and hyphens. A dot goes
into nested JSON, unless a column has the dot in its own name. A list of objects is not gone into,
but by an entity that has a row for each of them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from lambdas.clean.formats import EACH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Path = tuple[str, ...]
"""A field's place in a record: its column's name, or the keys that lead to it in nested JSON."""

MAX_COLUMNS = 2000
"""Paths told apart in one object, but for those that are asked for.

A JSON object with more has values for keys.
"""

FILLER = re.compile(r"[\s_\-]+")


def normal(name: str) -> str:
    """What is left of a name when nothing but its letters, digits and signs count."""
    return FILLER.sub("", unicodedata.normalize("NFKC", name)).casefold()


def path_of(column: str | Path) -> Path:
    return (column,) if isinstance(column, str) else column


def found(name: str, columns: Iterable[str | Path], each: str | None = None) -> list[Path]:
    """The columns that a name means: several where keys differ in case alone.

    `each` names the list whose members are gone through.
    """
    wanted = normal(name)
    paths = (path_of(column) for column in columns)
    return [path for path in paths if spelled(path) == wanted and _within(path, each)]


def lists(name: str, columns: Iterable[str | Path]) -> list[Path]:
    """The lists that a name means, whether or not they have members."""
    wanted = normal(name)
    heads = dict.fromkeys(parted(path_of(column))[0] for column in columns)
    return [head for head in heads if spelled(head) == wanted]


def spelled(path: Path) -> str:
    return normal(".".join(key for key in path if key != EACH))


def listed(name: str) -> str:
    """How a list's members are spelled, all of them together."""
    return normal(name) + EACH


def parted(path: Path) -> tuple[Path, Path]:
    """The way to the first list in it, and the way on from a member of that."""
    place = path.index(EACH) if EACH in path else len(path)
    return path[:place], path[place + 1 :]


def _within(path: Path, each: str | None) -> bool:
    if EACH not in path:
        return True
    head, rest = parted(path)
    return each is not None and spelled(head) == normal(each) and EACH not in rest


def pointer(path: Path) -> str:
    """A JSON pointer (RFC 6901), as the engine takes one."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


class Columns:
    """Gathers the columns of an object from its records, in the order in which they first come.

    `wanted` are the spellings of what its mapping asks for.
    """

    def __init__(self, wanted: frozenset[str] = frozenset()) -> None:
        self._wanted = wanted
        self._seen: dict[Path, None] = {}

    def add(self, fields: Mapping[str, Any]) -> None:
        """Raises nothing: past MAX_COLUMNS, new ones are left out that nothing asks for."""
        for path in _paths(fields, ()):
            if path in self._seen:
                continue
            if len(self._seen) < MAX_COLUMNS or spelled(path) in self._wanted:
                self._seen[path] = None
                continue
            head, rest = parted(path)
            if rest and listed(".".join(head)) in self._wanted:
                self._seen[head] = None

    def __iter__(self) -> Iterator[Path]:
        return iter(tuple(self._seen))


def _paths(value: Any, above: Path) -> Iterator[Path]:
    members: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = ((EACH, member) for member in value if isinstance(member, dict))
    empty = True
    for key, member in members:
        empty = False
        yield from _paths(member, (*above, key))
    if empty and above:
        yield above
