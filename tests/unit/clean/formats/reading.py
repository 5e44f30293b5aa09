"""Objects as tests make them, and rows as tests ask for them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from lambdas.clean.formats import Hints, Table, open_rows

if TYPE_CHECKING:
    from lambdas.clean.formats import Row


class Stream:
    """A source that does nothing but read, as S3's body; it gives less than it is asked for."""

    def __init__(self, body: bytes, at_most: int = 1000) -> None:
        self._body = BytesIO(body)
        self._at_most = at_most

    def read(self, size: int) -> bytes:
        return self._body.read(min(size, self._at_most))


def table(body: bytes, **hints: Any) -> Table:
    return open_rows(BytesIO(body), Hints(**hints))


def rows(body: bytes, **hints: Any) -> list[Row]:
    return list(table(body, **hints))


def fields(body: bytes, **hints: Any) -> list[dict[str, Any]]:
    """Of the rows, none of which may be faulty."""
    found = rows(body, **hints)
    assert [row.fault for row in found] == [None] * len(found)
    return [row.fields for row in found]


def told(body: bytes, **hints: Any) -> list[dict[str, Any] | str]:
    """Each row's fields, or the code of its fault."""
    return [row.fault.reason.code if row.fault else row.fields for row in rows(body, **hints)]
