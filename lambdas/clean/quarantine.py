"""The quarantine object of a raw object: every rejected record with its reason and its bytes."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING

from lambdas.clean.decode import read_lines
from lambdas.clean.reasons import WHOLE_OBJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.reasons import Rejection
    from lambdas.lake.documents import RawObject

MAX_ORIGINAL_BYTES = 4 * 1024 * 1024
"""Of the original bytes that an entry repeats; the raw object itself has all of them."""


def render(source: RawObject, body: bytes, rejected: dict[int, Rejection]) -> bytes:
    """Gzip NDJSON, one entry a rejected record, in the object's order; equal for equal input.

    An entry is `{"source", "version_id", "row", "code", "message", "original"}`; `original` is
    `{"text"}`, or `{"base64"}` for what is not UTF-8, and `{"cut": true}` where it is not whole.
    """
    entries = (_entry(source, row, data, rejected[row]) for row, data in _originals(body, rejected))
    return gzip.compress(b"".join(entries), mtime=0)


def _originals(body: bytes, rejected: dict[int, Rejection]) -> Iterator[tuple[int, bytes]]:
    if WHOLE_OBJECT in rejected:
        yield WHOLE_OBJECT, body
        return
    for line in read_lines(body):
        if line.row in rejected:
            yield line.row, line.data


def _entry(source: RawObject, row: int, data: bytes, rejection: Rejection) -> bytes:
    entry = {
        "source": source.key,
        "version_id": source.version_id,
        "row": row,
        "code": rejection.reason.code,
        "message": rejection.message,
        "original": _original(data[:MAX_ORIGINAL_BYTES], cut=len(data) > MAX_ORIGINAL_BYTES),
    }
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


def _original(data: bytes, *, cut: bool) -> dict[str, str | bool]:
    whole: dict[str, str | bool] = {"cut": True} if cut else {}
    try:
        return {"text": data.decode(), **whole}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode(), **whole}
