"""The rows of Parquet, one by one, as those of any other format."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lambdas.clean.formats.model import Position, Row
from lambdas.clean.reasons import WHOLE_OBJECT, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 2_000


class ParquetRows:
    """Rows that the engine reads; `original` is the record as JSON, as it has no bytes of its own.

    Leaves are texts; a row's place is its number, and its offset says nothing.
    """

    def __init__(self, pieces: Iterator[bytes], start: Position, beginning: bytes) -> None:
        self._pieces = pieces
        self._number = start.number
        self._beginning = beginning

    @property
    def position(self) -> Position:
        return Position(0, self._number)

    def __iter__(self) -> Iterator[Row]:
        from lambdas.clean.formats import parquet  # noqa: PLC0415  # erasure has no engine

        with TemporaryDirectory() as folder:
            path = Path(folder) / "object.parquet"
            try:
                parquet.spool_pieces(self._pieces, path)
            except RejectedError as error:
                yield Row(WHOLE_OBJECT, 0, {}, self._beginning, error.rejection)
                return
            for number, fields in parquet.records(path, self._number, AT_ONCE):
                self._number = number
                yield Row(number, 0, json.loads(fields), fields.encode())
