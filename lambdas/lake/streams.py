"""An object as a file, read from front to back, however large it is and however long it takes.

Each stretch is a GET of its own, so that nothing hangs on a connection that has been idle while its
bytes were worked on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdas.lake.objects import ObjectStore

STRETCH = 8 * 1024 * 1024


class ObjectStream:
    """One version of an object. `read(n)` gives `n` bytes, fewer at its end, none behind it.

    Raises ObjectMissingError, at the first read, if there is no such version; ValueError if the
    store does not heed ranges.
    """

    def __init__(
        self, store: ObjectStore, key: str, version_id: str, stretch: int = STRETCH
    ) -> None:
        self._store, self._key, self._version_id = store, key, version_id
        self._stretch = stretch
        self._read = 0
        self._ahead = memoryview(b"")
        self._ended = False

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int) -> int:
        """Goes on at this byte, which need not be there."""
        self._read, self._ahead, self._ended = offset, memoryview(b""), False
        return offset

    def read(self, size: int = -1) -> bytes:
        found: list[memoryview] = []
        wanted = size
        while wanted and self._fetched():
            piece = self._ahead if wanted < 0 else self._ahead[:wanted]
            self._ahead = self._ahead[len(piece) :]
            found.append(piece)
            wanted -= len(piece) if wanted > 0 else 0
        return b"".join(found)

    def _fetched(self) -> bool:
        """Whether anything is ahead, if need be after the next stretch has been got."""
        if not self._ahead and not self._ended:
            body = self._store.read(self._key, self._version_id, self._read, self._stretch)
            if len(body) > self._stretch:
                raise ValueError(
                    f"{self._key}: {len(body)} bytes, not {self._stretch} as asked for"
                )
            self._read += len(body)
            self._ahead = memoryview(body)
            self._ended = len(body) < self._stretch
        return bool(self._ahead)
