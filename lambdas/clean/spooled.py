"""A Parquet object's rows in parts: spooled to a file, from which the engine exports each part.

From there on they are as any other rows. A row has no bytes of its own in such a file; what stands
for it in quarantine is its JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from errno import ENOSPC
from itertools import islice
from typing import TYPE_CHECKING

from lambdas.clean.formats import Position
from lambdas.clean.formats.parquet import leave_source, spool
from lambdas.clean.mapping import Columns
from lambdas.clean.parts import NO_ORIGINALS, Part
from lambdas.clean.reasons import WHOLE_OBJECT, Reason, RejectedError
from lambdas.engine import connect, literal, statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lambdas.clean.formats import Table

LOOKED_AT = 1_000
"""Rows that show what lies within a column that is nested; all have all columns."""


@dataclass(frozen=True)
class Exported:
    """Rows as the engine wrote them: one line each, from the number `first` on."""

    path: Path
    first: int

    def of(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Rows by number, which must ascend."""
        with self.path.open("rb") as lines:
            reached = self.first
            for number in numbers:
                (line,) = islice(lines, number - reached, number - reached + 1)
                reached = number + 1
                yield number, json.dumps(json.loads(line)["fields"], ensure_ascii=False).encode()


class SpooledParts:
    """`position` is where the part after the last one begins."""

    def __init__(self, table: Table, folder: Path, start: Position, rows: int) -> None:
        self.position = start
        self._size = rows
        self._path = folder / "spooled.parquet"
        self._rows, self._damage = 0, None
        try:
            self._rows = spool(table, self._path)
        except RejectedError as error:
            self._damage = error.rejection
        except OSError as error:
            if error.errno != ENOSPC:
                raise
            self._path.unlink()
            self._damage = Reason.UNREADABLE_OBJECT.of().because("the function's disk is too small")

    def part(self, folder: Path) -> Part:
        """The next part; without any rows, there are no more."""
        path, first = folder / "source.ndjson", self.position.number + 1
        if self._damage and first == 1:
            self.position = Position(number=1)
            path.touch()
            return Part(path, NO_ORIGINALS, (), 1, {WHOLE_OBJECT: self._damage})
        last = min(self.position.number + self._size, self._rows)
        self.position = Position(number=last)
        if first > last:
            return Part(path, NO_ORIGINALS)
        self._export(path, folder, first, last)
        return Part(path, Exported(path, first), tuple(_columns(path)), last - first + 1)

    def _export(self, path: Path, folder: Path, first: int, last: int) -> None:
        with connect(folder) as connection:
            leave_source(connection, self._path)
            connection.execute(
                statement("clean/export", first=str(first), last=str(last), path=literal(path))
            )


def _columns(path: Path) -> Columns:
    columns = Columns()
    with path.open("rb") as lines:
        for line in islice(lines, LOOKED_AT):
            columns.add(json.loads(line)["fields"])
    return columns
