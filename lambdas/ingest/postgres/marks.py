"""Where a row stands in a reading: the texts of the columns that the reading goes by."""

from __future__ import annotations

import re

Marks = tuple[str, ...]
NEEDLESS = re.compile(r"[^0-9.T]")


def leading(row: bytes, count: int) -> Marks:
    """The first fields of a row of PostgreSQL's CSV: quoted if they need it, "" for a quote.

    No general parser: what is behind them may be a field of any size.
    """
    found, place = [], 0
    for _ in range(count):
        if row[place : place + 1] == b'"':
            end = _closing(row, place + 1)
            found.append(row[place + 1 : end].replace(b'""', b'"').decode())
            place = end + 2
        else:
            end = _ending(row, place)
            found.append(row[place:end].decode())
            place = end + 1
    return tuple(found)


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


def _ending(row: bytes, place: int) -> int:
    """The comma behind a field, or the line's end."""
    end = row.find(b",", place)
    return end if end >= 0 else len(row.rstrip(b"\n"))
