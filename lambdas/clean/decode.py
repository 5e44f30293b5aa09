"""From an object's bytes to its lines: gzip or plain, bounded, and as far as damage allows."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.clean.reasons import WHOLE_OBJECT, Reason

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from lambdas.clean.reasons import Rejection

GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WITH_GZIP_HEADER = 31
PIECE = 64 * 1024

MAX_LINE_BYTES = 4 * 1024 * 1024
"""A stream record holds two images of at most 400 KB each; escapes may double them and more."""

MAX_OBJECT_BYTES = 256 * 1024 * 1024
"""Unpacked. What a small object may inflate to is bounded, so that a bomb costs no more."""


@dataclass(frozen=True)
class Line:
    """One line without its newline; `row` counts from 1. With a `fault` it is no record."""

    row: int
    data: bytes
    fault: Rejection | None = None


class DamagedError(Exception):
    """The bytes cannot be unpacked any further."""


def read_lines(body: bytes, max_bytes: int = MAX_OBJECT_BYTES) -> Iterator[Line]:
    """The lines that are not blank. What damage or the bound cuts off is one last, faulty line."""
    row, pending = 1, b""
    unpacked = 0
    try:
        for piece in unpack(body):
            unpacked += len(piece)
            if unpacked > max_bytes:
                yield Line(row, pending, Reason.TOO_LARGE.of(limit=max_bytes))
                return
            *complete, rest = piece.split(b"\n")
            for part in complete:
                yield from _line(row, _extended(pending, part))
                row, pending = row + 1, b""
            pending = _extended(pending, rest)
    except DamagedError as damage:
        yield _damaged(row, pending, str(damage), body)
    else:
        yield from _line(row, pending)


def _extended(pending: bytes, part: bytes) -> bytes:
    """Keeps one byte more than a line may have, which tells that it is too long."""
    return (pending + part)[: MAX_LINE_BYTES + 1] if pending else part[: MAX_LINE_BYTES + 1]


def _line(row: int, data: bytes) -> Iterator[Line]:
    if row == 1:
        data = data.removeprefix(BYTE_ORDER_MARK)
    if len(data) > MAX_LINE_BYTES:
        yield Line(row, data, Reason.LINE_TOO_LONG.of(limit=MAX_LINE_BYTES))
    elif data and not data.isspace():
        yield Line(row, data)


def _damaged(row: int, pending: bytes, damage: str, body: bytes) -> Line:
    if row == 1 and not pending:
        return Line(WHOLE_OBJECT, body, Reason.UNREADABLE_OBJECT.of().because(damage))
    return Line(row, pending, Reason.TRUNCATED.of().because(damage))


def unpack(body: bytes) -> Iterator[bytes]:
    """Pieces of at most 64 KiB. Raises DamagedError after all that could be unpacked."""
    if not body.startswith(GZIP_MAGIC):
        for start in range(0, len(body), PIECE):
            yield body[start : start + PIECE]
        return
    while body:
        body = yield from _unpack_member(body)
        body = body.lstrip(b"\0")  # padding is allowed between and after members
        if body and not body.startswith(GZIP_MAGIC):
            raise DamagedError("bytes that are not gzip follow")


def _unpack_member(body: bytes) -> Generator[bytes, None, bytes]:
    """Unpacks one gzip member; returns the bytes after it."""
    unpacker = zlib.decompressobj(WITH_GZIP_HEADER)
    position = 0
    while not unpacker.eof:
        data = unpacker.unconsumed_tail or body[position : position + PIECE]
        if not unpacker.unconsumed_tail:
            position += len(data)
        before = unpacker.copy()
        try:
            piece = unpacker.decompress(data, PIECE)
        except zlib.error as error:
            yield from _unpack_bytewise(before, data)
            raise DamagedError(str(error)) from error
        if piece:
            yield piece
        elif not data:
            raise DamagedError("the gzip stream ends early")
    return unpacker.unused_data + body[position:]


def _unpack_bytewise(unpacker: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """A failing call gives nothing back, so ask byte by byte for what precedes the damage."""
    for byte in data:
        try:
            yield unpacker.decompress(bytes([byte]))
        except zlib.error:
            return
