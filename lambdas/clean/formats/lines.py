"""From unpacked bytes to lines that are bounded, whatever state the bytes are in."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from lambdas.clean.formats.packed import DamagedError
from lambdas.clean.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lambdas.clean.reasons import Rejection

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

MAX_LINE_BYTES = 4 * 1024 * 1024
"""A stream record holds two images of at most 400 KB each; escapes may double them and more."""


class Line(NamedTuple):
    """One line with its end (a last one may have none); `offset` is that of its first byte.

    `size` is its length in the object, of which `data` holds no more than the limit and a byte.
    """

    offset: int
    data: bytes
    size: int
    fault: Rejection | None = None


def at_newlines(piece: bytes) -> list[bytes]:
    return BytesIO(piece).readlines()


def at_any_end(piece: bytes) -> list[bytes]:
    """At newlines, carriage returns and pairs of them, mixed as they may be."""
    return piece.splitlines(keepends=True)


def lines(
    pieces: Iterable[bytes],
    limit: int,
    split: Callable[[bytes], list[bytes]],
    *,
    offset: int = 0,
    measure: Callable[[bytes], int] = len,
) -> Iterator[Line]:
    """All lines, the blank ones too. What damage cuts off is one last, faulty line.

    `offset` is that of the first piece, `measure` how many bytes of the object a part stands for.
    """
    held = _Held(limit)
    try:
        for piece in pieces:
            for part in split(piece):
                size = measure(part)
                if not held.size and size <= limit and part.endswith(b"\n"):
                    yield Line(offset, part, size)  # as nearly all are
                    offset += size
                    continue
                for line in held.add(offset, part, size):
                    yield line
                    offset += line.size
    except DamagedError as damage:
        yield held.line(offset, damage.rejection)
    else:
        if held.size:
            yield held.line(offset)


class _Held:
    """What there is of a line so far. A carriage return at its end waits for its newline."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._data = bytearray()
        self._returned = False
        self.size = 0

    def add(self, offset: int, part: bytes, size: int) -> Iterator[Line]:
        """The lines that the part completes, the first of which begins at `offset`."""
        if self._returned and part != b"\n":
            ended = self.line(offset)
            offset += ended.size
            yield ended
        self._data += part[: self._limit + 1 - len(self._data)]
        self._returned = part.endswith(b"\r")
        self.size += size
        if part.endswith(b"\n"):
            yield self.line(offset)

    def line(self, offset: int, damage: Rejection | None = None) -> Line:
        data = bytes(self._data)
        too_long = len(without_end(data)) > self._limit
        fault = Reason.LINE_TOO_LONG.of(limit=self._limit) if too_long else None
        found = Line(offset, data, self.size, damage or fault)
        self._data.clear()
        self.size, self._returned = 0, False
        return found


def without_end(data: bytes) -> bytes:
    return data.removesuffix(b"\n").removesuffix(b"\r")
