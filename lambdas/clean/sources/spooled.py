"""A Parquet object's rows in parts: spooled to a file, from which the engine exports each part.

From there on they are as any other rows. A row has no bytes of its own in such a file; what stands
for it in quarantine is its JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from lambdas.clean.formats import Position
from lambdas.clean.formats.parquet import leave_source, spool
from lambdas.clean.formats.table import END
from lambdas.clean.reasons import WHOLE_OBJECT, Reason, RejectedError
from lambdas.clean.sources.parts import NO_ORIGINALS, STAGED, Part
from lambdas.clean.unprocessable import told
from lambdas.engine import POISON, connect, literal, statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from lambdas.clean.formats import Table
    from lambdas.clean.reasons import Rejection
    from lambdas.clean.sources.parts import Column, Size

SAMPLE = 1_000
"""Rows that show how large others will be."""


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

    def __init__(self, table: Table, folder: Path, start: Position, size: Size) -> None:
        self.position = start
        self._size = size
        self._path = folder / "spooled.parquet"
        self._rows = 0
        self._damage: Rejection | None = None
        try:
            self._rows = spool(table, self._path)
        except RejectedError as error:
            self._damage = error.rejection

    def part(self, folder: Path) -> Part:
        """The next part; without any rows, there are no more.

        Raises ValueError if the object was whole when its first parts were read.
        """
        path, first = folder / "source.ndjson", self.position.number + 1
        if self._damage:
            if first > 1:
                raise ValueError(f"{self._damage.message}, though {first - 1} rows were read of it")
            self.position = Position(number=1, memory=END)
            self._rows, damage, self._damage = 0, self._damage, None
            return refused(path, damage)
        if first > self._rows:
            return Part(path, NO_ORIGINALS)
        try:
            last, columns = self._exported(path, folder, first)
        except POISON as error:
            self._rows = 0
            self.position = Position(self.position.offset, self.position.number, END)
            return refused(path, Reason.UNPROCESSABLE_OBJECT.of().because(told(error, folder)))
        self.position = Position(number=last)
        return Part(path, Exported(path, first), columns, last - first + 1)

    def _exported(self, path: Path, folder: Path, first: int) -> tuple[int, Sequence[Column]]:
        """Exports from that row on as many as make a part; the last one's number, and all columns.

        What rows take as JSON does not show in the file, so some are exported to see.
        """
        room = STAGED * self._size.bytes
        rows = min(self._size.rows, SAMPLE, self._rows - first + 1)
        with connect(folder) as connection:
            columns = leave_source(connection, self._path)
            self._export(connection, path, first, first + rows - 1)
            fitting = room * rows // max(path.stat().st_size, 1)
            rows = max(1, min(fitting, self._size.rows, self._rows - first + 1))
            self._export(connection, path, first, first + rows - 1)
            while rows > 1 and path.stat().st_size > 2 * room:
                rows //= 2
                self._export(connection, path, first, first + rows - 1)
        return first + rows - 1, columns

    @staticmethod
    def _export(connection: DuckDBPyConnection, path: Path, first: int, last: int) -> None:
        connection.execute(
            statement("clean/export", first=str(first), last=str(last), path=literal(path))
        )


def refused(path: Path, rejection: Rejection) -> Part:
    """In place of rows that cannot be read, one for the object."""
    path.write_bytes(b"")
    return Part(path, NO_ORIGINALS, (), 1, {WHOLE_OBJECT: rejection})
