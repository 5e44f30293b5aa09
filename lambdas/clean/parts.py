"""An object's rows in parts that a function can hold, each staged for the engine on disk.

Where a part ends follows from the object alone, so that its cleaned objects have fixed names.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO

from lambdas.clean.mapping import Columns, staged
from lambdas.clean.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from lambdas.clean.formats import Row
    from lambdas.clean.reasons import Rejection

PART_ROWS = 250_000
PART_BYTES = 64 * 1024 * 1024
"""Of rows as they stand in the object."""


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


@dataclass
class Part:
    """Some rows of an object. `path` has those that can be read, as the view `source` wants them.

    `rejected` has the others, by number.
    """

    path: Path
    originals: Originals
    columns: Columns = field(default_factory=Columns)
    rows: int = 0
    rejected: dict[int, Rejection] = field(default_factory=dict)

    @property
    def readable(self) -> int:
        """Records for the engine."""
        return self.rows - len(self.rejected)


def gather(rows: Iterator[Row], folder: Path, size: Size) -> Part:
    """The next part of the rows; without any, there were no more."""
    part = Part(folder / "source.ndjson", Originals(folder / "originals"))
    with part.path.open("wb") as source, part.originals.path.open("wb") as originals:
        for row in rows:
            part.rows += 1
            part.originals.note(row.number, len(row.original))
            originals.write(row.original)
            if row.fault:
                part.rejected[row.number] = row.fault
            else:
                _stage(row, part, source)
            if part.rows >= size.rows or part.originals.size >= size.bytes:
                break
    return part


def _stage(row: Row, part: Part, source: BinaryIO) -> None:
    try:
        source.write(staged(row.number, row.fields))
    except UnicodeEncodeError:
        part.rejected[row.number] = Reason.NOT_UTF8.of()
    else:
        part.columns.add(row.fields)


def without(part: Part, unfit: Mapping[int, Rejection]) -> Part:
    """The same part, with these records rejected as well."""
    path = part.path.with_name(f"fit-{part.path.name}")
    with part.path.open("rb") as before, path.open("wb") as after:
        after.writelines(line for line in before if _number(line) not in unfit)
    return replace(part, path=path, rejected={**part.rejected, **unfit})


def _number(line: bytes) -> int:
    record: int = json.loads(line)["record"]
    return record
