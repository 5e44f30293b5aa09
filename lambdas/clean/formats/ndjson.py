"""JSON objects, one a line: a bad line costs itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.clean.formats import values
from lambdas.clean.formats.lines import without_end
from lambdas.clean.formats.model import Position, Row
from lambdas.clean.reasons import RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.formats.encodings import Encoding
    from lambdas.clean.formats.lines import Line


class NdjsonRows:
    """A row a line that is not blank. `position` is behind the row that was given last."""

    def __init__(self, lines: Iterator[Line], encoding: Encoding, start: Position) -> None:
        self._lines = lines
        self._encoding = encoding
        self._offset = start.offset
        self._number = start.number

    @property
    def position(self) -> Position:
        return Position(self._offset, self._number)

    def __iter__(self) -> Iterator[Row]:
        for line in self._lines:
            if not line.fault and line.data.isspace():
                continue
            self._number += 1
            self._offset = line.offset + line.size
            yield self._row(line)

    def _row(self, line: Line) -> Row:
        data = without_end(line.data)
        original = self._encoding.original(data)
        fault = line.fault
        if not fault:
            try:
                fields = values.record(data, self._encoding)
                return Row(self._number, line.offset, fields, original)
            except RejectedError as error:
                fault = error.rejection
        return Row(self._number, line.offset, {}, original, fault)
