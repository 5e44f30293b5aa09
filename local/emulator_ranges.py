"""Heeds ranges of an object's version: MiniStack 1.5.33 heeds them of current objects only.

It answers such a request with the whole version, as if that were what was asked for. Runs under the
emulator's own Python; the pinned version's internals that it wraps are named here.
"""

from __future__ import annotations

from typing import Any

from ministack.services import s3

OK, PARTIAL = 200, 206
WHOLE = ("content-length", "x-amz-checksum-")
"""Headers about a whole object, as they begin."""


def get_object(bucket: str, key: str, headers: dict[str, str], *others: Any, **named: Any) -> Any:
    """In place of `s3._get_object`."""
    status, given, body = answer = get_whole(bucket, key, headers, *others, **named)
    asked = headers.get("range", "")
    if status != OK or not asked:
        return answer
    place = s3._parse_range(asked, len(body))  # noqa: SLF001
    if place is None:
        told = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
        return 416, told, s3._xml_body(s3._range_error_xml(bucket, key))  # noqa: SLF001
    start, end = place
    told = {name: each for name, each in given.items() if not name.lower().startswith(WHOLE)}
    told["Content-Length"] = str(end + 1 - start)
    told["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
    return PARTIAL, told, body[start : end + 1]


get_whole = s3._get_object  # noqa: SLF001


def install() -> None:
    s3._get_object = get_object  # noqa: SLF001
