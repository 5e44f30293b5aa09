"""Lines in objects `<prefix>00001.ndjson.gz` ff., of a size that a function can hold."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.lake.objects import ObjectStore

PART_BYTES = 16 * 1024 * 1024
"""Of text, before it is packed."""


def part_key(prefix: str, part: int) -> str:
    """Parts count from 1."""
    return f"{prefix}{part:05d}.ndjson.gz"


class PartWriter:
    """Writes lines; `parts` is how many objects there are, once it is closed."""

    def __init__(
        self, store: ObjectStore, prefix: str, part_bytes: int = PART_BYTES, parts: int = 0
    ) -> None:
        self.parts = parts
        self._store, self._prefix, self._part_bytes = store, prefix, part_bytes
        self._lines: list[str] = []
        self._bytes = 0

    def add(self, line: str) -> None:
        self._lines.append(line)
        self._bytes += len(line) + 1
        if self._bytes >= self._part_bytes:
            self.close()

    def close(self) -> None:
        if self._lines:
            self.parts += 1
            text = "".join(f"{line}\n" for line in self._lines)
            key = part_key(self._prefix, self.parts)
            self._store.put(key, gzip.compress(text.encode(), mtime=0))
            self._lines, self._bytes = [], 0


def read_parts(store: ObjectStore, prefix: str, parts: int) -> Iterator[str]:
    """Their lines. Raises ObjectMissingError."""
    for part in range(1, parts + 1):
        body = store.get(part_key(prefix, part)).body
        yield from gzip.decompress(body).decode().splitlines()
