"""Encodes keys in listings of versions: MiniStack 1.5.33 does so in listings of objects only.

A key may hold what XML cannot, and a listing with one such key would answer nothing at all. Runs
under the emulator's own Python; the pinned version's internals that it wraps are named here.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any
from xml.etree.ElementTree import SubElement

from ministack.services import s3

KEYS = {"Key", "Prefix", "Delimiter", "KeyMarker", "NextKeyMarker"}
ENCODED = ContextVar("ENCODED", default=False)
"""Whether the listing that is under way was asked for so, as boto3 asks for it."""


def list_versions(bucket: str, query: dict[str, Any]) -> Any:
    """In place of `s3._list_object_versions`."""
    asked = ENCODED.set(s3._qp(query, "encoding-type", "") == "url")  # noqa: SLF001
    try:
        return list_plainly(bucket, query)
    finally:
        ENCODED.reset(asked)


def xml_body(root: Any) -> bytes:
    """In place of `s3._xml_body`."""
    if ENCODED.get() and root.tag == "ListVersionsResult":
        for each in root.iter():
            if each.tag in KEYS:
                each.text = s3._url_encode(each.text or "")  # noqa: SLF001
        SubElement(root, "EncodingType").text = "url"
    body: bytes = write(root)
    return body


list_plainly, write = s3._list_object_versions, s3._xml_body  # noqa: SLF001


def install() -> None:
    s3._list_object_versions, s3._xml_body = list_versions, xml_body  # noqa: SLF001
