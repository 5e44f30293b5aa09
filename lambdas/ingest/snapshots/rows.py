"""Records as rows: each under its key, in one spelling, so that equal ones are equal texts."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdas.ingest.errors import PullError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NUMBER, DELETED = "_snapshot", "_deleted"
UNKEYED = "?"
"""First of the key of a record that has none: its digest. All others are JSON, and begin with `[`.
"""
ENCODER = json.JSONEncoder(
    check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


class Row(NamedTuple):
    """`key` and `text` are ASCII; the text is JSON, and the key orders as text does."""

    key: str
    text: str

    @property
    def keyed(self) -> bool:
        """Whether a later snapshot can tell that it is gone."""
        return not self.key.startswith(UNKEYED)


def row_of(record: Any, key: Sequence[str]) -> Row:
    """The row of a JSON value; each of `key` names a field, or with dots one of nested objects.

    What is no object, or lacks a part of its key, is a row nevertheless, for cleaning to refuse.
    Raises PullError for one with a field that rows have from us: it would be lost.
    """
    for name in (NUMBER, DELETED):
        if isinstance(record, dict) and name in record:
            raise PullError(f"the source has a field `{name}` of its own, as snapshots name theirs")
    return _row(record, key)


def _row(record: Any, key: Sequence[str]) -> Row:
    fields = record if isinstance(record, dict) else {"_record": record}
    text = ENCODER.encode(fields)
    values = [_value(fields, name) for name in key]
    if None in values:
        return Row(f"{UNKEYED}{hashlib.sha256(text.encode()).hexdigest()}", text)
    return Row(ENCODER.encode(values), text)


def rekeyed(row: Row, key: Sequence[str]) -> Row:
    return _row(json.loads(row.text), key)


def line(row: Row, number: int, *, deleted: bool) -> str:
    """As it goes to raw: whether it is gone, and when that was, by the number of its snapshot.

    Tombstones of a snapshot are older than its rows: two keys may be one id to a mapping, as `AB-1`
    and `ab-1`, and what was only spelt otherwise is there.
    """
    when = 2 * number + (not deleted)
    return ENCODER.encode({**json.loads(row.text), NUMBER: when, DELETED: deleted})


def _value(fields: Mapping[str, Any], name: str) -> str | None:
    """A part of a key as a text: `1` and `"1"` are one key, as they are to a mapping."""
    value: Any = fields
    for step in (name,) if name in fields else name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    return str(value).strip() or None
