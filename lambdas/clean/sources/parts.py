"""An object's rows in parts that a function can hold, each staged for the engine on disk.

Where a part ends follows from the object alone, so that its cleaned objects have fixed names.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, Protocol

from lambdas.clean.mapping import Columns, staged
from lambdas.clean.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from lambdas.clean.formats import Position, Row, Table
    from lambdas.clean.reasons import Rejection

    Column = str | tuple[str, ...]
    """A column's name, or the keys that lead to it in nested JSON."""

PART_ROWS = 250_000
PART_BYTES = 64 * 1024 * 1024
"""Of rows as they stand in the object."""

STAGED = 4
"""Times its bytes, a part may have as the engine is given it."""


@dataclass(frozen=True)
class Size:
    rows: int = PART_ROWS
    bytes: int = PART_BYTES


@dataclass
class Originals:
    """Rows as they stood, on disk: only those of rejected records are read again."""

    path: Path
    _numbers: array[int] = field(default_factory=lambda: array("Q"))
    _ends: array[int] = field(default_factory=lambda: array("Q", [0]))

    def note(self, number: int, size: int) -> None:
        self._numbers.append(number)
        self._ends.append(self._ends[-1] + size)

    @property
    def size(self) -> int:
        return self._ends[-1]

    def of(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Rows by number, which must ascend."""
        with self.path.open("rb") as file:
            for number in numbers:
                place = bisect_left(self._numbers, number)
                file.seek(self._ends[place])
                yield number, file.read(self._ends[place + 1] - self._ends[place])


class Kept(Protocol):
    """Rows as they stood."""

    def of(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Rows by number, which must ascend."""
        ...


class Nothing:
    """Of an object that cannot be read at all, its bytes stay where they are."""

    def of(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        return ((number, b"") for number in numbers)


NO_ORIGINALS = Nothing()


@dataclass(frozen=True)
class Part:
    """Some rows of an object. `path` has those that can be read, as the view `source` wants them.

    `rejected` has the others, by number. Without any rows, there are no more.
    """

    path: Path
    originals: Kept
    columns: Sequence[Column] = ()
    rows: int = 0
    rejected: dict[int, Rejection] = field(default_factory=dict)

    @property
    def readable(self) -> int:
        """Records for the engine."""
        return self.rows - len(self.rejected)


class StreamedParts:
    """The parts of a table that is read row by row."""

    def __init__(self, table: Table, size: Size, wanted: frozenset[str]) -> None:
        self._table, self._rows, self._size = table, iter(table), size
        self._wanted = wanted

    @property
    def position(self) -> Position:
        """Where the part after the last one begins."""
        return self._table.position

    def part(self, folder: Path) -> Part:
        path, originals = folder / "source.ndjson", Originals(folder / "originals")
        rejected: dict[int, Rejection] = {}
        known, found = self._table.format.columns, Columns(self._wanted)
        rows = 0
        with path.open("wb") as source, originals.path.open("wb") as kept:
            for row in self._rows:
                rows += 1
                kept.write(row.original)
                originals.note(row.number, len(row.original))
                if fault := row.fault or _stage(row, source):
                    rejected[row.number] = fault
                elif not known:
                    found.add(row.fields)
                if rows >= self._size.rows or self._is_full(originals.size, source.tell()):
                    break
        return Part(path, originals, known or tuple(found), rows, rejected)

    def _is_full(self, original: int, staged_bytes: int) -> bool:
        """A sheet of many columns with long names is small, and large once each row has them."""
        return original >= self._size.bytes or staged_bytes >= STAGED * self._size.bytes


def _stage(row: Row, source: BinaryIO) -> Rejection | None:
    try:
        source.write(staged(row.number, row.fields))
    except UnicodeEncodeError:
        return Reason.NOT_UTF8.of()
    return None


def without(part: Part, unfit: Mapping[int, Rejection]) -> Part:
    """The same part, with these records rejected as well."""
    path = part.path.with_name(f"fit-{part.path.name}")
    with part.path.open("rb") as before, path.open("wb") as after:
        after.writelines(line for line in before if _number(line) not in unfit)
    return replace(part, path=path, rejected={**part.rejected, **unfit})


def _number(line: bytes) -> int:
    record: int = json.loads(line)["record"]
    return record
