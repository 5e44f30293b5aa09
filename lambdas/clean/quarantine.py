"""The quarantine object of a raw object: every rejected record with its reason and its bytes."""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING

from lambdas.clean.reasons import WHOLE_OBJECT
from lambdas.lake.rejects import rejected_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.clean.reasons import Rejection
    from lambdas.lake.documents import RawObject

MAX_ORIGINAL_BYTES = 4 * 1024 * 1024
"""Of the original bytes that an entry repeats; the raw object itself has all of them."""


def render(
    source: RawObject, rejected: dict[int, Rejection], originals: Iterable[tuple[int, bytes]]
) -> bytes:
    """Gzip NDJSON, one line a rejected record, in the object's order; equal for equal input.

    `originals` are the rejected records' bytes, by number.
    """
    entries = (
        _entry(source, number, _original(data), rejected[number]) for number, data in originals
    )
    return gzip.compress(b"".join(entries), mtime=0)


def render_unread(source: RawObject, rejection: Rejection) -> bytes:
    """The same for an object that must not be read again: nothing of it is repeated."""
    entry = _entry(source, WHOLE_OBJECT, {"text": "", "cut": True}, rejection)
    return gzip.compress(entry, mtime=0)


def _entry(
    source: RawObject, row: int, original: dict[str, str | bool], rejection: Rejection
) -> bytes:
    reason = (rejection.reason.code, rejection.message)
    return rejected_line(source.key, source.version_id, row, reason, original)


def _original(data: bytes) -> dict[str, str | bool]:
    whole: dict[str, str | bool] = {"cut": True} if len(data) > MAX_ORIGINAL_BYTES else {}
    data = data[:MAX_ORIGINAL_BYTES]
    try:
        return {"text": data.decode(), **whole}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode(), **whole}
