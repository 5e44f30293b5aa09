"""Delimited text: records of one line each, or more where a quote holds a line's end."""

from __future__ import annotations

import csv
import re
from collections import deque
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from lambdas.clean.formats.lines import MAX_LINE_BYTES, Line
from lambdas.clean.formats.model import Position, Row
from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdas.clean.formats.encodings import Encoding
    from lambdas.clean.formats.model import Format
    from lambdas.clean.reasons import Rejection

MAX_RECORD_LINES = 10_000
MAX_LINES_AGAIN = 16
DAMAGE = {Reason.TRUNCATED, Reason.TOO_LARGE, Reason.INFLATED}
ESCAPE = "\\"
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
UNCLOSED = "unexpected end of data"


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    quote: str = '"'


class Record(NamedTuple):
    """`lines` are those that it takes; with a fault there are no values."""

    lines: list[Line]
    values: list[str]
    fault: Rejection | None = None


class Records:
    """The records of a text's lines; blank ones are left out.

    A quote that is never closed costs its first line, and reading resumes at the next one. Lines
    that were in vain read up to `alone_until` are then taken one by one, lest they be read over and
    over.

    A record that cannot be read so, or has not `width` fields where these are known, and has quotes
    behind backslashes is read as MySQL and many programs write it: such a quote is a character.
    """

    def __init__(
        self,
        lines: Iterator[Line],
        encoding: Encoding,
        dialect: Dialect,
        alone_until: int = 0,
        width: int = 0,
    ) -> None:
        self._lines = lines
        self._given_back: deque[Line] = deque()
        self._encoding = encoding
        self._delimiter = dialect.delimiter
        csv.field_size_limit(2 * MAX_LINE_BYTES)  # of the process; lines are bounded before that
        self._csv = csv.reader(
            [],
            delimiter=dialect.delimiter,
            quotechar=dialect.quote or None,
            quoting=_quoting(dialect),
            strict=True,
        ).dialect
        self._width = width
        self._quote = dialect.quote.encode()
        self._nothing = b" \t\r\n" + dialect.delimiter.encode()
        self.alone_until = alone_until

    def __iter__(self) -> Iterator[Record]:
        while line := self._next():
            if line.fault:
                yield Record([line], [], line.fault)
            elif not line.data.strip(self._nothing):
                continue
            elif self._quote and self._quote in line.data:
                yield self._quoted(line)
            else:
                yield self._plain(line)

    def _next(self) -> Line | None:
        return self._given_back.popleft() if self._given_back else next(self._lines, None)

    def _plain(self, line: Line) -> Record:
        try:
            text = self._encoding.decode(line.data.rstrip(b"\r\n"))
        except RejectedError as error:
            return Record([line], [], error.rejection)
        return Record([line], text.split(self._delimiter))

    def _quoted(self, first: Line) -> Record:
        found = self._read(first)
        if self._fits(found) or not self._has_escapes(found):
            return found
        others = found.lines[1:]
        self._given_back.extendleft(reversed(others))
        escaped = self._read(first, escapes=self._quote.decode())
        if self._fits(escaped):
            return escaped
        self._given_back.extendleft(reversed(escaped.lines[1:]))
        for _ in others:
            self._next()
        return found

    def _fits(self, record: Record) -> bool:
        return not record.fault and len(record.values) == (self._width or len(record.values))

    def _has_escapes(self, record: Record) -> bool:
        """Whether backslashes may be why it is as it is."""
        if record.fault and record.fault.reason not in {Reason.OPEN_QUOTE, Reason.BAD_QUOTE}:
            return False
        following = islice(self._given_back, MAX_LINES_AGAIN)
        escaped = ESCAPE.encode() + self._quote
        return any(escaped in line.data for line in chain(record.lines, following))

    def _read(self, first: Line, escapes: str = "") -> Record:
        attempt = _Attempt(self._encoding, escapes)
        texts = attempt.texts(first, self._next if first.offset >= self.alone_until else _nothing)
        try:
            values = next(csv.reader(texts, self._csv))
        except csv.Error as error:
            return self._failed(attempt, error)
        read = [] if attempt.fault else [_unwrapped(value) for value in values]
        return Record(attempt.lines, read, attempt.fault)

    def _failed(self, attempt: _Attempt, error: csv.Error) -> Record:
        first, *others = attempt.lines
        last = attempt.lines[-1]
        if last.fault and last.fault.reason in DAMAGE:
            return Record(attempt.lines, [], last.fault)
        if len(others) > MAX_LINES_AGAIN:
            self.alone_until = last.offset + last.size
        self._given_back.extendleft(reversed(others))
        unclosed = str(error) == UNCLOSED
        return Record([first], [], Reason.OPEN_QUOTE.of() if unclosed else Reason.BAD_QUOTE.of())


def _unwrapped(value: str) -> str:
    """`="007"` is the text 007, so written lest Excel take it for a number."""
    wrapped = value.startswith('="') and value.find('"', 2) == len(value) - 1
    return value[2:-1] if wrapped else value


def _quoting(dialect: Dialect) -> Literal[0, 3]:
    return csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE


def _nothing() -> None:
    return None


class _Attempt:
    """The lines that one record takes, or would: with quotes doubled that backslashes escape."""

    def __init__(self, encoding: Encoding, escapes: str) -> None:
        self._encoding = encoding
        self._escapes = escapes
        self.lines: list[Line] = []
        self.fault: Rejection | None = None

    def texts(self, first: Line, following: Callable[[], Line | None]) -> Iterator[str]:
        """Ends where no record may go on: behind `first`, at a faulty line, or at the bounds."""
        self.lines.append(first)
        yield self._text(first)
        size = len(first.data)
        while line := following():
            self.lines.append(line)
            size += len(line.data)
            if line.fault or size > MAX_LINE_BYTES or len(self.lines) > MAX_RECORD_LINES:
                return
            yield self._text(line)

    def _text(self, line: Line) -> str:
        try:
            text = self._encoding.decode(line.data)
            return ESCAPED.sub(self._doubled, text) if self._escapes else text
        except RejectedError as error:
            self.fault = self.fault or error.rejection
            return line.data.decode("latin-1")  # quotes stand where they stand

    def _doubled(self, escaped: re.Match[str]) -> str:
        """Before what is neither quote, line's end nor backslash, a backslash is itself."""
        following = escaped[1]
        if following == self._escapes:
            return 2 * following
        return following if following in "\\\r\n" else escaped[0]


class DelimitedRows:
    """Rows by column. `position` is behind the row that was given last."""

    def __init__(
        self,
        lines: Iterator[Line],
        encoding: Encoding,
        found: Format,
        dialect: Dialect,
        start: Position,
    ) -> None:
        self._records = Records(lines, encoding, dialect, int(start.memory or 0), found.width)
        self._encoding = encoding
        self._format = found
        self._skips_header = found.header and not start.offset
        self._offset = start.offset
        self._number = start.number

    @property
    def position(self) -> Position:
        return Position(self._offset, self._number, str(self._records.alone_until))

    def __iter__(self) -> Iterator[Row]:
        records = iter(self._records)
        if self._skips_header:
            next(records, None)
        columns, original = self._format.columns, self._encoding.original
        for lines, values, damage in records:
            first, last = lines[0], lines[-1]
            self._number += 1
            self._offset = last.offset + last.size
            data = first.data if first is last else b"".join(line.data for line in lines)
            fault = damage or self._misfit(values)
            fields = {} if fault else dict(zip(columns, values, strict=False))
            yield Row(self._number, first.offset, fields, original(data.rstrip(b"\r\n")), fault)

    def _misfit(self, values: list[str]) -> Rejection | None:
        width = self._format.width
        if len(values) != width:
            return Reason.RAGGED_ROW.of(f"{len(values)}", width)
        if width > len(self._format.columns) and values[-1]:
            return Reason.RAGGED_ROW.of(f"{width}", len(self._format.columns))
        return None
