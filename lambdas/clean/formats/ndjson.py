"""JSON objects, one a line: a bad line costs itself.

Several in a line, as what writes to streams without newlines leaves them, are a row each.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from lambdas.clean.formats import values
from lambdas.clean.formats.lines import BYTE_ORDER_MARK, Line, without_end
from lambdas.clean.formats.model import Position, Row
from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.formats.encodings import Encoding

BYTES = "latin-1"
"""A character a byte, so that places in the text are those in the line."""

BETWEEN = re.compile(f"(?:[ \t\r\n,]|{BYTE_ORDER_MARK.decode(BYTES)})*")
"""A file that was put behind another brings its mark along."""


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
            if line.fault or not line.data.isspace():
                yield from self._rows(line)

    def _rows(self, line: Line) -> Iterator[Row]:
        row = self._row(line)
        malformed = row.fault and row.fault.reason is Reason.MALFORMED_JSON
        several = _objects(line, self._encoding) if malformed else []
        for part in several or [line]:
            self._number += 1
            self._offset = part.offset + part.size
            yield replace(self._row(part) if several else row, number=self._number)

    def _row(self, line: Line) -> Row:
        data = without_end(line.data)
        original = self._encoding.original(data)
        fault = line.fault
        if not fault:
            try:
                return Row(0, line.offset, values.record(data, self._encoding), original)
            except RejectedError as error:
                fault = error.rejection
        return Row(0, line.offset, {}, original, fault)


def _objects(line: Line, encoding: Encoding) -> list[Line]:
    """The values that the line is made of, as a line each; none if it is of anything besides."""
    text, found = line.data.decode(BYTES), []
    at = _behind(text, 0)
    offset = line.offset + encoding.measure(line.data[:at])
    while at < len(text):
        try:
            _, end = values.DECODER.raw_decode(text, at)
        except (ValueError, RecursionError, RejectedError):
            return []
        following = _behind(text, end)
        size = encoding.measure(line.data[at:following])
        found.append(Line(offset, line.data[at:end], size))
        at, offset = following, offset + size
    return found


def _behind(text: str, at: int) -> int:
    between = BETWEEN.match(text, at)
    return between.end() if between else at
