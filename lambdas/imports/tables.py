"""CSV -> rows. A row that cannot be read costs its own line, never the lines behind it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from lambdas.imports.files import UnreadableFileError
from lambdas.imports.rows import FIELDS, Found, Reason, Rejection, Sheet, sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DELIMITERS = ",;\t|"
REQUIRED = ("item_name", "category", "price")
LONGEST_CELL = 131_072
"""Characters: csv's own limit, which is the process's and so has to be said."""
LONGEST_RECORD = 20
"""Lines. A quote that is never closed would take all the rest of the file into one cell."""
MOST_NAMED = 20
"""Columns of a header that an error repeats."""
BETWEEN_WORDS = re.compile(r"[\s_-]+")


def read_csv(text: str) -> Sheet:
    """The first line that is not blank names the columns, in any order, case and spacing.

    Raises UnreadableFileError if it names a column twice, or one that is needed not at all.
    """
    csv.field_size_limit(LONGEST_CELL)
    lines = list(io.StringIO(text, newline=""))
    start = next((place for place, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise UnreadableFileError("The file is empty.")
    delimiter = max(DELIMITERS, key=lambda each: len({*_header(lines[start], each)} & {*FIELDS}))
    columns = _header(lines[start], delimiter)
    _require_usable(columns)
    ignored = [name for name in columns if name and name not in FIELDS]
    return sheet(_rows(lines, start + 1, delimiter, columns), ignored)


def _header(line: str, delimiter: str) -> list[str]:
    try:
        [cells] = csv.reader([line], delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise UnreadableFileError(f"The header cannot be read: {error}.") from error
    return [BETWEEN_WORDS.sub("_", cell.strip().casefold()) for cell in cells]


def _require_usable(columns: Sequence[str]) -> None:
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise UnreadableFileError(f"The header names a column twice: {', '.join(twice)}.")
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        named = ", ".join(name[:40] for name in columns[:MOST_NAMED])
        raise UnreadableFileError(
            f"The header has no column {', '.join(missing)}; it has: {named}."
        )


def _rows(
    lines: Sequence[str], position: int, delimiter: str, columns: Sequence[str]
) -> Iterator[Found]:
    while position < len(lines):
        ahead = lines[position : position + LONGEST_RECORD]
        reader = csv.reader(ahead, delimiter=delimiter, strict=True)
        try:
            cells = [cell.strip() for cell in next(reader)]
            taken = reader.line_num
        except csv.Error as error:
            # The next line gets its own chance: the quote may have been this line's mistake.
            fault = Rejection.of(Reason.MALFORMED_ROW, "row", f"cannot be read as CSV: {error}")
            yield Found(position + 1, lines[position].rstrip("\r\n"), {}, fault)
            position += 1
            continue
        if any(cells):
            original = "".join(lines[position : position + taken]).rstrip("\r\n")
            yield _row(position + 1, original, cells, columns)
        position += taken


def _row(line: int, original: str, cells: list[str], columns: Sequence[str]) -> Found:
    """Empty cells are no values.

    The count must be exact: a price of 19,99 without quotes makes one cell more, and its 99 would
    be the next column's.
    """
    if len(cells) != len(columns):
        message = f"has {len(cells)} cells, the header has {len(columns)}"
        return Found(line, original, {}, Rejection.of(Reason.RAGGED_ROW, "row", message))
    named = zip(columns, cells, strict=True)
    return Found(line, original, {name: cell for name, cell in named if cell and name in FIELDS})
