"""Fakes at the ports: in memory, exact about what the protocols rely on, with faults on demand."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.lake.errors import ConflictError, ObjectMissingError, PreconditionError
from lambdas.lake.objects import ANY, StoredObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


KEY_BYTES = 1024
"""Of a key in S3, in UTF-8."""


@dataclass(frozen=True)
class _Version:
    """One version of an object; `stored` is None for a delete marker."""

    version_id: str
    stored: StoredObject | None


class FakeContext(LambdaContext):
    """The context of an invocation, as far as logs and deadlines read it."""

    def __init__(self, remaining_ms: int = 900_000) -> None:
        self._function_name = self._invoked_function_arn = self._aws_request_id = "test"
        self._memory_limit_in_mb = 512
        self.remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]  # static in powertools
        return self.remaining_ms


def _no_hook(_operation: str, _key: str) -> None:
    """Nothing goes wrong."""


@dataclass
class FakeLake:
    """`ObjectStore` in memory: versioned, and conditional as S3 is.

    An ETag is the MD5 of the bytes, as S3's is, so equal bytes share one. Every operation calls
    `before(operation, key)` and `after(operation, key)`: what `before` raises was never applied,
    what `after` raises was applied and its answer lost. Operations are get, put, head, keys,
    delete and range.
    """

    before: Callable[[str, str], None] = _no_hook
    after: Callable[[str, str], None] = _no_hook
    _versions: dict[str, list[_Version]] = field(default_factory=lambda: defaultdict(list))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def get(self, key: str, version_id: str | None = None) -> StoredObject:
        self.before("get", key)
        with self._lock:
            found = self._find(key, version_id)
        if found is None:
            raise ObjectMissingError(key)
        self.after("get", key)
        return found

    def read(self, key: str, version_id: str, start: int, length: int) -> bytes:
        return self.get(key, version_id).body[start : start + length]

    def put(
        self,
        key: str,
        body: bytes,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> str:
        self.before("put", key)
        if len(key.encode()) > KEY_BYTES:
            raise ValueError(f"{key}: longer than any key may be")
        with self._lock:
            current = self._find(key, None)
            if if_none_match == ANY and current is not None:
                raise PreconditionError(f"{key}: there is one")
            if if_match is not None and current is None:
                raise ConflictError(f"{key}: there is none")
            if if_match is not None and current is not None and current.etag != if_match:
                raise PreconditionError(f"{key}: changed")
            etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
            self._add(key, StoredObject(body, etag, dict(metadata or {})))
        self.after("put", key)
        return etag

    def head(self, key: str) -> StoredObject | None:
        self.before("head", key)
        with self._lock:
            found = self._find(key, None)
        self.after("head", key)
        return found and StoredObject(b"", found.etag, found.metadata)

    def keys(self, prefix: str) -> Iterator[str]:
        self.before("keys", prefix)
        with self._lock:
            found = [key for key in sorted(self._versions) if self._find(key, None)]
        self.after("keys", prefix)
        return (key for key in found if key.startswith(prefix))

    def delete(self, key: str) -> None:
        self.before("delete", key)
        with self._lock:
            self._add(key, None)
        self.after("delete", key)

    def get_range(self, key: str, start: int, end: int, if_match: str | None = None) -> bytes:
        """Bytes `start` up to `end`, as a reader of Parquet asks for them; not in the port."""
        self.before("range", key)
        with self._lock:
            found = self._find(key, None)
        if found is None:
            raise ObjectMissingError(key)
        if if_match is not None and found.etag != if_match:
            raise PreconditionError(f"{key}: changed")
        self.after("range", key)
        return found.body[start:end]

    def version_id(self, key: str) -> str:
        """The id of the newest version."""
        return self._versions[key][-1].version_id

    def history(self, key: str) -> list[StoredObject]:
        """Every object that ever stood under the key, oldest first."""
        return [each.stored for each in self._versions.get(key, []) if each.stored]

    def _find(self, key: str, version_id: str | None) -> StoredObject | None:
        versions = self._versions.get(key, [])
        if version_id and version_id != "null":
            return next((each.stored for each in versions if each.version_id == version_id), None)
        return versions[-1].stored if versions else None

    def _add(self, key: str, stored: StoredObject | None) -> None:
        versions = self._versions[key]
        versions.append(_Version(f"v{len(versions) + 1}", stored))
