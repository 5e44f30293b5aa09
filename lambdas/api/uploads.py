"""From an HTTP request to a file: what it is, and whether it may be so large."""

from __future__ import annotations

import base64
import binascii
from email.message import Message
from typing import TYPE_CHECKING

from lambdas.api.errors import (
    MalformedBodyError,
    TooLargeError,
    UnsupportedMediaError,
)
from lambdas.api.imports import Upload
from lambdas.api.requests import header

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

FORMATS = {
    "text/csv": "csv",
    "application/csv": "csv",
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
}
CHARSETS = {
    "utf-8": "utf-8",
    "us-ascii": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "iso8859-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
}
"""As Python names them, by the names that are registered for HTTP."""
MAX_BODY_BYTES = 4 * 1024 * 1024
"""Lambda takes 6 MB an invocation, of which a binary body uses four bytes for three."""
NOT_AS_TEXT = "What is compressed must come as application/csv or application/x-ndjson."
"""API Gateway makes text of `text/*` and JSON, and then bytes that are no UTF-8 are gone."""
GZIP_MAGIC = b"\x1f\x8b"


def upload(event: APIGatewayProxyEventV2) -> Upload:
    """Raises UnsupportedMediaError, TooLargeError or MalformedBodyError."""
    format_, charset = _content_type(header(event, "Content-Type"))
    gzipped = _is_gzipped(header(event, "Content-Encoding"))
    body = _body(event)
    if len(body) > MAX_BODY_BYTES:
        raise TooLargeError(
            f"The body has {len(body)} bytes; an import takes {MAX_BODY_BYTES}, compressed or "
            "not. Send it with Content-Encoding: gzip, or split it.",
            limit=MAX_BODY_BYTES,
        )
    if not body:
        raise MalformedBodyError("The body is empty.")
    if gzipped and not body.startswith(GZIP_MAGIC):
        raise MalformedBodyError(
            f"Content-Encoding says gzip, the body does not begin so. {NOT_AS_TEXT}"
        )
    return Upload(format_, charset, gzipped, body)


def _content_type(given: str | None) -> tuple[str, str | None]:
    parsed = Message()
    parsed["Content-Type"] = given or ""
    charset = parsed.get_content_charset()
    if parsed.get_content_type() not in FORMATS or not given:
        known = ", ".join(FORMATS)
        raise UnsupportedMediaError(f"Content-Type must be one of: {known}.", header="Content-Type")
    if charset is not None and charset not in CHARSETS:
        known = ", ".join(CHARSETS)
        raise UnsupportedMediaError(f"charset must be one of: {known}.", header="Content-Type")
    return FORMATS[parsed.get_content_type()], CHARSETS[charset] if charset else None


def _is_gzipped(encoding: str | None) -> bool:
    encoding = (encoding or "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise UnsupportedMediaError(
            "Content-Encoding must be gzip or none.", header="Content-Encoding"
        )
    return encoding == "gzip"


def _body(event: APIGatewayProxyEventV2) -> bytes:
    body = event.body or ""
    try:
        return base64.b64decode(body) if event.is_base64_encoded else body.encode()
    except (binascii.Error, UnicodeEncodeError) as error:
        raise MalformedBodyError("The body cannot be read.") from error
