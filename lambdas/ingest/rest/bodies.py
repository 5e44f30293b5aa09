"""The body of an answer, unpacked, within bounds of bytes and of time."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from urllib3.exceptions import HTTPError

from lambdas.ingest.rest.errors import RefusedError, TooLargeError
from lambdas.ingest.rest.retrying import PassingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from urllib3 import BaseHTTPResponse

MAX_BYTES = 16 * 1024 * 1024
"""Of an answer, packed or not: a page of records is a fraction of it."""

TOO_LONG = "the answer took too long"
PIECE = 64 * 1024
GZIP = 31
"""What zlib calls a gzip of any window."""


def read_body(response: BaseHTTPResponse, until: float, now: Callable[[], float]) -> bytes:
    """Raises PassingError if it breaks off or takes too long, RefusedError, TooLargeError."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in {"gzip", "x-gzip"}:
        return _unpacked(_pieces(response, until, now))
    if encoding != "identity":
        raise RefusedError(f"the answer is packed as {encoding!r}, and gzip was asked for")
    return b"".join(_pieces(response, until, now))


def _pieces(response: BaseHTTPResponse, until: float, now: Callable[[], float]) -> Iterator[bytes]:
    """As they come, so that a trickle is noticed."""
    size = 0
    while True:
        try:
            piece = response.read1(PIECE, decode_content=False)
        except (HTTPError, OSError) as error:
            raise PassingError(f"the answer broke off: {type(error).__name__}") from error
        if not piece:
            return
        size += len(piece)
        if size > MAX_BYTES:
            raise TooLargeError(f"the answer has more than {MAX_BYTES:,} bytes")
        if now() > until:
            raise PassingError(TOO_LONG)
        yield piece


def _unpacked(pieces: Iterator[bytes]) -> bytes:
    """Of one gzip, or of several behind each other, which are one."""
    unpacker = zlib.decompressobj(GZIP)
    found = bytearray()
    try:
        for piece in pieces:
            left = piece
            while left:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(GZIP)
                found += unpacker.decompress(left, MAX_BYTES - len(found) + 1)
                if len(found) > MAX_BYTES:
                    raise TooLargeError(f"the answer unpacks to more than {MAX_BYTES:,} bytes")
                left = unpacker.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise PassingError(f"the answer cannot be unpacked: {error}") from error
    if not unpacker.eof:
        raise PassingError("the answer ends amid its gzip")
    return bytes(found)
