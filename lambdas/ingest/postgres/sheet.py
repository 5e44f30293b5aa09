"""Rows that become one object: bounded, compressed as they come, named by what they are."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.marks import Marks, leading, short

GZIP = 31
"""zlib's word for a window of 15 bits in gzip's format; the time in its header is 0."""
LEVEL = 5
BLOCK = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one object may hold at least before it ends: as much as cleaning takes for one part."""

    rows: int = 250_000
    size: int = 64 * 2**20


MOST = 4
"""So many times its size an object may have of rows with equal marks, which cannot be parted."""


class FullSheetError(Exception):
    """The row that came is the next object's."""


@dataclass
class Sheet:
    """Takes a header and rows; the first `marks` columns are those that the reading goes by."""

    marks: int
    limits: Limits
    rows: int = 0
    size: int = 0
    full: bool = False
    _first: bytes = b""
    _last: bytes = b""
    _header: bool = False
    _waiting: list[bytes] = field(default_factory=list)
    _waits: int = 0
    _parts: list[bytes] = field(default_factory=list)
    _packer: zlib._Compress = field(default_factory=lambda: zlib.compressobj(LEVEL, wbits=GZIP))
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, row: bytes) -> None:
        """Raises FullSheetError for a row that it does not take."""
        if self._header:
            if self.rows and self.size >= self.limits.size:
                self._part(row)
            self._first = self._first or row
            self._last = row
            self.rows += 1
        self._header = True
        self.size += len(row)
        self._waiting.append(row)
        self._waits += len(row)
        if self._waits >= BLOCK:
            self._pack()

    @property
    def last(self) -> Marks:
        return leading(self._last, self.marks)

    @property
    def more(self) -> bool:
        """Whether there may be rows behind these."""
        return self.full or self.rows >= self.limits.rows

    @property
    def name(self) -> str:
        """Equal names mean equal rows."""
        (first,), (last, *_) = leading(self._first, 1), self.last
        self._pack()
        return f"{short(first)}-{short(last)}-{self._digest.hexdigest()[:16]}.csv.gz"

    def body(self) -> bytes:
        """Ends it."""
        self._pack()
        return b"".join((*self._parts, self._packer.flush()))

    def _part(self, row: bytes) -> None:
        if leading(row, self.marks) != self.last:
            self.full = True
            raise FullSheetError
        if self.size > MOST * self.limits.size:
            raise PullError(
                f"too many rows have the marks {self.last}: does the key tell rows apart?"
            )

    def _pack(self) -> None:
        if not self._waiting:
            return
        block = b"".join(self._waiting)
        self._waiting, self._waits = [], 0
        self._digest.update(block)
        self._parts.append(self._packer.compress(block))
