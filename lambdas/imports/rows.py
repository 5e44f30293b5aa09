"""A file's rows as its format has them, and why one is rejected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from lambdas.imports.files import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIELDS = ("sku", "item_name", "category", "price", "stock", "vendor_id")
MAX_ROWS = 100_000
MAX_IGNORED = 20
"""Names of unknown columns that are told."""
LONGEST_NAME = 100


class Reason(Enum):
    """Codes for counting; each rejection says the rest in its own words."""

    MALFORMED_ROW = "malformed_row"
    RAGGED_ROW = "ragged_row"
    INVALID_FIELDS = "invalid_fields"
    LOST_CHARACTERS = "lost_characters"
    FOREIGN_VENDOR = "foreign_vendor"
    REPEATED_SKU = "repeated_sku"
    UNKNOWN_CATEGORY = "unknown_category"
    DELETED_ITEM = "deleted_item"


@dataclass(frozen=True)
class Rejection:
    """Why a row is not taken in; `errors` holds one {field, message} per complaint."""

    reason: Reason
    errors: tuple[dict[str, str], ...]

    @classmethod
    def of(cls, reason: Reason, field: str, message: str) -> Rejection:
        return cls(reason, ({"field": field, "message": message},))

    @property
    def sentence(self) -> str:
        return "; ".join(f"{error['field']} {error['message']}" for error in self.errors)


@dataclass(frozen=True)
class Row:
    """One row: its place among the rows and its first line in the file, both from 1.

    `values` are as the format has them: texts of a CSV file, JSON values otherwise. With a `fault`
    there are none. Blank rows are no rows.
    """

    number: int
    line: int
    original: str
    values: dict[str, Any]
    fault: Rejection | None = None


@dataclass(frozen=True)
class Sheet:
    """All rows of a file, and the names of columns that mean nothing here."""

    rows: list[Row]
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What a format's reader finds: a row before it has its number."""

    line: int
    original: str
    values: dict[str, Any]
    fault: Rejection | None = None


def sheet(found: Iterable[Found], ignored: Iterable[str] = ()) -> Sheet:
    """Numbers the rows. Raises UnreadableFileError if there are too many."""
    rows = list(_numbered(found))
    unknown = {name for row in rows for name in row.values if name not in FIELDS}
    return Sheet(rows, tuple(sorted(map(_tellable, {*ignored, *unknown}))[:MAX_IGNORED]))


def _tellable(name: str) -> str:
    """JSON may hold half a surrogate pair, a table cannot."""
    return name[:LONGEST_NAME].encode(errors="replace").decode()


def _numbered(found: Iterable[Found]) -> Iterator[Row]:
    for number, each in enumerate(found, start=1):
        if number > MAX_ROWS:
            raise UnreadableFileError(f"The file has more than {MAX_ROWS} rows: split it.")
        yield Row(number, each.line, each.original, each.values, each.fault)
