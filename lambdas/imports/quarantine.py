"""Rejected rows, as quarantine keeps them and as an import's record shows them."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from lambdas.lake.rejects import rejected_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.imports.offers import Rejected

MOST_SHOWN = 50
"""Rejected rows that an import's record shows; quarantine has all of them."""
LONGEST_SHOWN = 500
"""Characters of a row that its record repeats."""
LONGEST_KEPT = 1024 * 1024
"""Characters of a row that quarantine repeats."""
UNVERSIONED = "null"


def render(source: str, rejected: Iterable[Rejected]) -> bytes:
    """Gzip NDJSON, one line a row; equal for equal input. `row` is the row's first line."""
    return gzip.compress(b"".join(_line(source, each) for each in rejected), mtime=0)


def shown(rejected: Rejected) -> dict[str, Any]:
    return {
        "line": rejected.row.line,
        "row": rejected.row.number,
        "code": rejected.rejection.reason.value,
        "errors": list(rejected.rejection.errors),
        "original": rejected.row.original[:LONGEST_SHOWN],
    }


def _line(source: str, rejected: Rejected) -> bytes:
    text = rejected.row.original
    original: dict[str, Any] = {"text": text[:LONGEST_KEPT]}
    if len(text) > LONGEST_KEPT:
        original["cut"] = True
    reason = (rejected.rejection.reason.value, rejected.rejection.sentence)
    return rejected_line(source, UNVERSIONED, rejected.row.line, reason, original)
