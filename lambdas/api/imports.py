"""Bulk imports: a vendor's file is taken, its rows become items later, and a record tells how."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from lambdas.api.clock import timestamp
from lambdas.api.entities import Claim, Ref
from lambdas.api.errors import KeyReusedError, StaleStateError, UnknownEntityError
from lambdas.api.idempotency import KeyedRequest, fingerprint
from lambdas.lake.layout import import_key
from lambdas.lake.objects import create

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from lambdas.api.clock import Clock, IdFactory, Retry
    from lambdas.api.registry import Registry
    from lambdas.lake.objects import ObjectStore

SEPARATOR = "-"


class State(Enum):
    RECEIVED = "received"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class ImportId(NamedTuple):
    """Names whose import it is, so that a vendor's are found in one place, by time."""

    vendor_id: int
    name: str

    def __str__(self) -> str:
        return f"{self.vendor_id}{SEPARATOR}{self.name}"

    @classmethod
    def parse(cls, text: str) -> ImportId:
        """Raises UnknownEntityError for what names no import."""
        found = cls.named(text)
        if found is None:
            raise UnknownEntityError([Ref("import", text[:LONGEST_ID])])
        return found

    @classmethod
    def named(cls, text: str) -> ImportId | None:
        vendor, _, name = text.partition(SEPARATOR)
        if not (vendor.isascii() and vendor.isdigit() and name and len(text) <= LONGEST_ID):
            return None
        return cls(int(vendor), name)


LONGEST_ID = 64


@dataclass(frozen=True)
class Upload:
    """A file as a request brought it. Of an unknown `charset` it is UTF-8 or says otherwise."""

    format: str
    charset: str | None
    gzipped: bool
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Import:
    """One import as it is known now.

    `position` is the number of rows dealt with, of `rows` in all: created, updated, unchanged and
    rejected add up to it. New items take ids from `first_id` on, one a row, so that a row that is
    written again is the same item. `rejections` are the first few; `worker` is who wrote this
    `rev` of the record.
    """

    id: ImportId
    format: str
    charset: str | None
    gzipped: bool
    received_at: str
    expires_at: int
    state: State = State.RECEIVED
    updated_at: str = ""
    finished_at: str | None = None
    problem: str | None = None
    rows: int | None = None
    position: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejections: tuple[dict[str, Any], ...] = ()
    ignored: tuple[str, ...] = ()
    first_id: int = 0
    rev: int = 1
    worker: str = ""

    @property
    def key(self) -> str:
        """Where its file lies in the lake."""
        suffix = f"{self.format}{'.gz' if self.gzipped else ''}"
        return import_key(self.id.vendor_id, self.id.name, suffix)

    @property
    def ended(self) -> bool:
        return self.state in {State.SUCCEEDED, State.FAILED}


class ImportRecords(Protocol):
    """What is known of imports. Every method raises ContentionError if the table is busy."""

    def add(self, new: Import, claim: Claim | None, now: int) -> None:
        """Both or neither; raises StaleStateError if there is such an import, or key, already."""
        ...

    def get(self, import_id: ImportId) -> Import | None: ...

    def claim(self, scope: str, key: str) -> Claim | None: ...

    def of_vendor(self, vendor_id: int, limit: int, before: str | None) -> ImportPage:
        """The newest first, older than the one named `before`."""
        ...

    def save(self, record: Import) -> None:
        """Writes a next rev; raises StaleStateError unless the one before is still there."""
        ...


class ImportPage(NamedTuple):
    """`next` is the name of the last one if there may be more."""

    entries: list[Import]
    next: str | None


@dataclass(frozen=True)
class VendorFiles:
    """Where files go and what is known of them; `lake` is called by whoever writes a file.

    A client of S3 takes its time to make, and few requests need one.
    """

    records: ImportRecords
    lake: Callable[[], ObjectStore]


@dataclass(frozen=True)
class Imports:
    files: VendorFiles
    registry: Registry
    now: Clock
    new_id: IdFactory
    retry: Retry
    remember: timedelta
    keep: timedelta

    def submit(self, vendor_id: int, upload: Upload, key: str | None) -> Import:
        """Raises UnknownEntityError for a vendor who is not there, and KeyReusedError.

        The record comes before the file, so that whoever hears of the file finds the record. What
        dies in between is made good by the same request with the same key.
        """
        self.registry.vendor(vendor_id)
        request = _keyed(vendor_id, upload, key)
        new_id = ImportId(vendor_id, self.new_id())
        record = self.retry.run(lambda: self._recorded(new_id, upload, request))
        create(self.files.lake(), record.key, upload.body)
        return record

    def read(self, import_id: ImportId) -> Import:
        record = self.retry.run(lambda: self.files.records.get(import_id))
        if record is None:
            raise UnknownEntityError([Ref("import", str(import_id))])
        return record

    def of_vendor(self, vendor_id: int, limit: int, before: str | None) -> ImportPage:
        """Raises UnknownEntityError for a vendor who is not there."""
        self.registry.vendor(vendor_id)
        return self.retry.run(lambda: self.files.records.of_vendor(vendor_id, limit, before))

    def _recorded(self, new_id: ImportId, upload: Upload, request: KeyedRequest | None) -> Import:
        """The import that the request makes, or made before."""
        now = self.now()
        seconds = int(now.timestamp())
        first = request and self.files.records.claim(request.scope, request.key)
        if request and first and first.expires_at > seconds:
            if first.fingerprint != request.fingerprint:
                raise KeyReusedError("The Idempotency-Key was used for another import.")
            return self.read(ImportId.parse(first.answer["id"]))
        new = Import(
            id=new_id,
            format=upload.format,
            charset=upload.charset,
            gzipped=upload.gzipped,
            received_at=timestamp(now),
            updated_at=timestamp(now),
            expires_at=int((now + self.keep).timestamp()),
        )
        claim = request and _claim(request, new_id, int((now + self.remember).timestamp()))
        try:
            self.files.records.add(new, claim or None, seconds)
        except StaleStateError:
            # What an earlier attempt wrote, whose answer was lost, is ours.
            if self.files.records.get(new_id) is None:
                raise
        return new


def _claim(request: KeyedRequest, new_id: ImportId, expires_at: int) -> Claim:
    return Claim(
        scope=request.scope,
        key=request.key,
        fingerprint=request.fingerprint,
        answer={"id": str(new_id)},
        expires_at=expires_at,
    )


def _keyed(vendor_id: int, upload: Upload, key: str | None) -> KeyedRequest | None:
    if key is None:
        return None
    same = {
        "format": upload.format,
        "charset": upload.charset,
        "gzipped": upload.gzipped,
        "body": hashlib.sha256(upload.body).hexdigest(),
    }
    scope = f"vendor:{vendor_id}"
    return KeyedRequest(scope, key, fingerprint("POST /imports", same))
