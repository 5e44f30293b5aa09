"""The lake's objects through one small port, so that protocols can be tested against a fake."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from lambdas.lake.errors import (
    ConflictError,
    ObjectClosedError,
    ObjectMissingError,
    PreconditionError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

MISSING = {"NoSuchKey", "NoSuchVersion", "404", "NotFound"}
CONDITION_FAILED = {"PreconditionFailed", "412"}
LOST_RACE = CONDITION_FAILED | {"ConditionalRequestConflict", "409"}
CLOSED = {"InvalidObjectState", "InvalidRequest"}
"""Of a version that is archived, or was put with a key that its reader has to bring."""
BEYOND_THE_END = {"InvalidRange", "416"}
UNVERSIONED = "null"
ANY = "*"
"""As `if_none_match`: create the object only if there is none."""


@dataclass(frozen=True)
class StoredObject:
    """Bytes and ETag of one GET, so they belong together."""

    body: bytes
    etag: str
    metadata: dict[str, str] = field(default_factory=dict)


class ObjectStore(Protocol):
    """What the steps need of S3. Keys are relative to the lake bucket."""

    def get(self, key: str, version_id: str | None = None) -> StoredObject:
        """Raises ObjectMissingError."""
        ...

    def read(self, key: str, version_id: str, start: int, length: int) -> bytes:
        """So many bytes of a version from a place on, or fewer at its end.

        Raises ObjectMissingError; of what is there and closed, ObjectClosedError.
        """
        ...

    def put(
        self,
        key: str,
        body: bytes,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> str:
        """Returns the new ETag. Raises PreconditionError if the condition does not hold."""
        ...

    def head(self, key: str) -> StoredObject | None:
        """ETag and metadata without the bytes, or None if there is no object."""
        ...

    def keys(self, prefix: str) -> Iterator[str]: ...

    def delete(self, key: str) -> None: ...


class LakeBucket:
    """`ObjectStore` over one S3 bucket."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self.client = client
        self.bucket = bucket

    def get(self, key: str, version_id: str | None = None) -> StoredObject:
        answer = self._get(key, version_id, {})
        return StoredObject(answer["Body"].read(), answer["ETag"], answer["Metadata"])

    def read(self, key: str, version_id: str, start: int, length: int) -> bytes:
        wanted = {"Range": f"bytes={start}-{start + length - 1}"}
        try:
            return self._get(key, version_id, wanted)["Body"].read()
        except ClientError as error:
            if _code(error) in BEYOND_THE_END:
                return b""
            raise

    def _get(
        self, key: str, version_id: str | None, options: dict[str, Any]
    ) -> GetObjectOutputTypeDef:
        if version_id and version_id != UNVERSIONED:
            options = {**options, "VersionId": version_id}
        try:
            return self.client.get_object(Bucket=self.bucket, Key=key, **options)
        except ClientError as error:
            if _code(error) in MISSING:
                raise ObjectMissingError(key) from error
            if "VersionId" in options and _code(error) in CLOSED:
                raise ObjectClosedError(f"{key} that can be read: {_code(error)}") from error
            raise

    def put(
        self,
        key: str,
        body: bytes,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> str:
        condition: dict[str, str] = {}
        if if_match is not None:
            condition["IfMatch"] = if_match
        if if_none_match is not None:
            condition["IfNoneMatch"] = if_none_match
        with lost_races_named(key):
            answer = self.client.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=body,
                Metadata=metadata or {},
                **condition,  # type: ignore[arg-type]  # optional keywords
            )
        return answer["ETag"]

    def head(self, key: str) -> StoredObject | None:
        try:
            answer = self.client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if _code(error) in MISSING:
                return None
            raise
        return StoredObject(b"", answer["ETag"], answer["Metadata"])

    def keys(self, prefix: str) -> Iterator[str]:
        return (key for key, _ in self.sizes(prefix))

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Keys under the prefix, each with its object's bytes."""
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                yield entry["Key"], entry["Size"]

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=key)


def create(store: ObjectStore, key: str, body: bytes) -> bool:
    """Creates an object whose content follows from its name; False if it was there already.

    Raises ConflictError if another create is under way, since that one may yet fail.
    """
    try:
        store.put(key, body, if_none_match=ANY)
    except ConflictError:
        raise
    except PreconditionError:
        return False
    return True


@contextmanager
def lost_races_named(key: str) -> Iterator[None]:
    """Turns S3's answers to a failed condition into PreconditionError."""
    try:
        yield
    except ClientError as error:
        if _code(error) in CONDITION_FAILED:
            raise PreconditionError(f"{key}: {_code(error)}") from error
        if _code(error) in LOST_RACE | MISSING:
            raise ConflictError(f"{key}: {_code(error)}") from error
        raise


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")
