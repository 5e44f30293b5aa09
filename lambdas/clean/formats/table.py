"""Opening an object of any format that is known, by its bytes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lambdas.clean.formats.delimited import DAMAGE, DelimitedRows
from lambdas.clean.formats.detect import Head, detect
from lambdas.clean.formats.document import DocumentRows
from lambdas.clean.formats.lines import MAX_LINE_BYTES, at_any_end, lines
from lambdas.clean.formats.model import Format, Hints, Position, Row
from lambdas.clean.formats.ndjson import NdjsonRows
from lambdas.clean.formats.packed import PIECE, Bounds, Seekable, Unpacked
from lambdas.clean.formats.parquet_rows import ParquetRows
from lambdas.clean.reasons import WHOLE_OBJECT, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.clean.formats.detect import Found
    from lambdas.clean.formats.packed import Source

NO_HINTS = Hints()
START = Position()
BOUNDS = Bounds()
END = "end"


class Rows(Protocol):
    @property
    def position(self) -> Position: ...

    def __iter__(self) -> Iterator[Row]: ...


class Table:
    """An object's format, and its rows, to be iterated once."""

    def __init__(self, found: Format, rows: Rows, pieces: Iterable[bytes] = ()) -> None:
        self.format = found
        self._rows = rows
        self._pieces = pieces
        self._last: Row | None = None

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self._last = row
            yield row

    def unpacked(self) -> Iterable[bytes]:
        """The unpacked bytes of Parquet, for who does not iterate. Raises DamagedError."""
        return self._pieces

    @property
    def position(self) -> Position:
        """Where to go on after the row that was given last."""
        position = self._rows.position
        if self._last and _is_last(self._last):
            return Position(position.offset, position.number, END)
        return position


def _is_last(row: Row) -> bool:
    return row.number == WHOLE_OBJECT or (row.fault is not None and row.fault.reason in DAMAGE)


class FewRows:
    """Rows that are known: none, or the object as a whole."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    @property
    def position(self) -> Position:
        return Position(memory=END)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)


def open_rows(
    source: Source,
    hints: Hints = NO_HINTS,
    start: Position = START,
    bounds: Bounds = BOUNDS,
) -> Table:
    """The table that `source` holds; it needs nothing but `read(size)`.

    `source` begins where the object begins, also when rows are read on from `start`, a `position`
    of a table of the same object and hints. One that is `seekable()` is not read up to there.

    Whatever the bytes are, a table comes of them: what cannot be read is a row with a fault. Errors
    of `source` itself are raised.
    """
    unpacked = Unpacked(source, bounds)
    head = Head(unpacked)
    try:
        found = detect(head, unpacked, hints)
    except RejectedError as error:
        whole = Row(WHOLE_OBJECT, 0, {}, unpacked.beginning, error.rejection)
        refused = [] if start.memory == END else [whole]
        return Table(Format("unreadable", unpacked.packed), FewRows(refused))
    if start.memory == END or found.format.kind == "empty":
        return Table(found.format, FewRows([]))
    if found.format.kind == "parquet":
        rows = ParquetRows(head.pieces, start, unpacked.beginning)
        return Table(found.format, rows, head.pieces)
    offset = max(start.offset, found.encoding.mark)
    pieces = found.encoding.readable(_from(offset, head, unpacked, source))
    if found.format.kind == "json":
        path, beginning = hints.record_path, unpacked.beginning
        document = DocumentRows(pieces, found.encoding, path, start, beginning)
        return Table(found.format, document)
    return Table(found.format, _rows_of_lines(found, pieces, start))


def _rows_of_lines(found: Found, pieces: Iterator[bytes], start: Position) -> Rows:
    encoding = found.encoding
    offset = max(start.offset, encoding.mark)
    each = lines(pieces, MAX_LINE_BYTES, at_any_end, offset=offset, measure=encoding.measure)
    if found.format.kind == "ndjson":
        return NdjsonRows(each, encoding, start)
    return DelimitedRows(each, encoding, found.format, found.dialect, start)


def _from(offset: int, head: Head, unpacked: Unpacked, source: Source) -> Iterator[bytes]:
    """The unpacked pieces from there on; a plain source that can goes there at once."""
    beyond = not unpacked.packed and offset > len(head.data)
    if beyond and isinstance(source, Seekable) and source.seekable():
        source.seek(offset)
        yield from iter(lambda: source.read(PIECE), b"")
        return
    for piece in head.pieces:
        if offset < len(piece):
            yield piece[offset:]
            break
        offset -= len(piece)
    yield from head.pieces
