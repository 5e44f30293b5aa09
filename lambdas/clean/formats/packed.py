"""From an object's bytes, gzip or plain, to its unpacked bytes in pieces: as far as damage allows.

gzip is told by its first bytes. What an object may unpack to is bounded, so that a bomb costs no
more than the bound.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from lambdas.clean.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.reasons import Rejection

GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
WITH_GZIP_HEADER = 31
PIECE = 64 * 1024
KEPT = 1024 * 1024


class Source(Protocol):
    """An object's bytes, from front to back."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, none only at the end."""
        ...


@runtime_checkable
class Seekable(Source, Protocol):
    """One that may be able to go to any place."""

    def seekable(self) -> bool: ...

    def seek(self, offset: int, /) -> int: ...


@dataclass(frozen=True)
class Bounds:
    """What an object may unpack to: `size` in bytes, and `ratio` times its packed bytes.

    gzip cannot exceed a ratio of 1,032; tables of one repeated row reach some hundreds. Up to
    `free` bytes no ratio is looked at.
    """

    size: int = 32 * 1024**3
    ratio: int = 250
    free: int = 64 * 1024**2


class DamagedError(Exception):
    """The bytes cannot, or must not, be unpacked any further."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.message)
        self.rejection = rejection

    @classmethod
    def because(cls, detail: object) -> DamagedError:
        return cls(Reason.TRUNCATED.of().because(detail))


def of_whole(damage: Rejection) -> Rejection:
    """What to say of damage before which there is nothing."""
    if damage.reason is not Reason.TRUNCATED:
        return damage
    detail = damage.message.removeprefix(f"{Reason.TRUNCATED.sentence}: ")
    return Reason.UNREADABLE_OBJECT.of().because(detail)


def unpack(source: Source, bounds: Bounds | None = None) -> Iterator[bytes]:
    """Pieces of at most 64 KiB, none of them empty.

    Raises DamagedError after all that could be unpacked, or once it is beyond `bounds`.
    """
    return iter(Unpacked(source, bounds))


class Unpacked:
    """What `unpack` gives, with what is known before: `packed` says whether it is gzip.

    `beginning` are the first bytes of the object as it stands, of what was read so far.
    """

    def __init__(self, source: Source, bounds: Bounds | None = None) -> None:
        self._bytes = _Packed(source)
        self._bounds = bounds
        self.packed = self._bytes.starts_with(GZIP_MAGIC)

    @property
    def beginning(self) -> bytes:
        return bytes(self._bytes.beginning)

    def __iter__(self) -> Iterator[bytes]:
        unpacked = 0
        for piece in _members(self._bytes) if self.packed else self._bytes:
            unpacked += len(piece)
            if self._bounds:
                self._hold_to(self._bounds, unpacked)
            yield piece

    def _hold_to(self, bounds: Bounds, unpacked: int) -> None:
        if unpacked > bounds.size:
            raise DamagedError(Reason.TOO_LARGE.of(limit=bounds.size))
        if unpacked > bounds.free and unpacked > bounds.ratio * self._bytes.taken:
            raise DamagedError(Reason.INFLATED.of(limit=bounds.ratio))


class _Packed:
    """The source's bytes, with a look ahead. `taken` counts what was read from it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ahead = b""
        self.taken = 0
        self.beginning = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read():
            yield piece

    def read(self) -> bytes:
        piece, self._ahead = self._ahead or self._next(), b""
        return piece

    def give_back(self, data: bytes) -> None:
        self._ahead = data + self._ahead

    def starts_with(self, magic: bytes) -> bool:
        while len(self._ahead) < len(magic) and (more := self._next()):
            self._ahead += more
        return self._ahead.startswith(magic)

    def skip_padding(self) -> bool:
        """Skips zeros; whether anything follows."""
        while piece := self.read():
            if rest := piece.lstrip(b"\0"):
                self.give_back(rest)
                return True
        return False

    def _next(self) -> bytes:
        piece = self._source.read(PIECE)
        self.taken += len(piece)
        if len(self.beginning) < KEPT:
            self.beginning += piece
        return piece


def _members(packed: _Packed) -> Iterator[bytes]:
    yield from _member(packed)
    while packed.skip_padding():  # it is allowed between and after members
        if not packed.starts_with(GZIP_MAGIC):
            raise DamagedError.because("bytes that are not gzip follow")
        yield from _member(packed)


def _member(packed: _Packed) -> Iterator[bytes]:
    """Unpacks one gzip member and gives back the bytes after it."""
    unpacker = zlib.decompressobj(WITH_GZIP_HEADER)
    while not unpacker.eof:
        data = unpacker.unconsumed_tail or packed.read()
        before = unpacker.copy()
        try:
            piece = unpacker.decompress(data, PIECE)
        except zlib.error as error:
            yield from _bytewise(before, data)
            raise DamagedError.because(error) from error
        if piece:
            yield piece
        elif not data:
            raise DamagedError.because("the gzip stream ends early")
    packed.give_back(unpacker.unused_data)


def _bytewise(unpacker: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """A failing call gives nothing back, so ask byte by byte for what precedes the damage."""
    for byte in data:
        try:
            piece = unpacker.decompress(bytes([byte]))
        except zlib.error:
            return
        if piece:
            yield piece
