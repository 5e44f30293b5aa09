"""What quarantine holds of a rejected record, wherever it was rejected."""

from __future__ import annotations

import json
from typing import Any


def rejected_line(
    source: str, version_id: str, row: int, reason: tuple[str, str], original: dict[str, Any]
) -> bytes:
    """`{"source", "version_id", "row", "code", "message", "original"}`, a line of NDJSON.

    `reason` is a code, for counting, and a sentence. `original` is `{"text"}`, or `{"base64"}` for
    what is not UTF-8, and `{"cut": true}` where it is not whole.
    """
    code, message = reason
    entry = {
        "source": source,
        "version_id": version_id,
        "row": row,
        "code": code,
        "message": message,
        "original": original,
    }
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"
