"""Where a row stands in a reading: the texts of the columns that the reading goes by."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Marks = tuple[str, ...]
NEEDLESS = re.compile(r"[^0-9.T]")


def fields(row: bytes) -> Iterator[str | None]:
    """Of a row of PostgreSQL's CSV, with its line's end: quoted if they need it, "" for a quote.

    None is NULL. No general parser, since these have limits, and tell no NULL from an empty text.
    """
    place = 0
    while True:
        if row[place : place + 1] == b'"':
            end = _closing(row, place + 1)
            yield row[place + 1 : end].replace(b'""', b'"').decode()
            end += 1
        else:
            end = row.find(b",", place)
            end = end if end >= 0 else len(row) - 1
            yield row[place:end].decode() or None
        if row[end : end + 1] != b",":
            return
        place = end + 1


def leading(row: bytes, count: int) -> Marks:
    """The first fields, none of which is NULL; what is behind them may be of any size."""
    return tuple(each or "" for each in islice(fields(row), count))


def short(mark: str) -> str:
    """A cursor as part of an object's name: `20260317T093000.25`, or a number."""
    return NEEDLESS.sub("", mark.replace(" ", "T").removesuffix("+00")) or "0"


def _closing(row: bytes, place: int) -> int:
    """The quote that ends a field: one that is not followed by another."""
    while True:
        place = row.index(b'"', place)
        if row[place + 1 : place + 2] != b'"':
            return place
        place += 2
