"""Every version of every object of a bucket, in the order of keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.lake.objects import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

PAGE = 200
"""Versions in one page: small, so that a slice ends soon after its time is over."""
UNVERSIONED = "null"

Mark = dict[str, str]
"""Where a listing goes on: S3's own markers, as JSON."""


@dataclass(frozen=True)
class Version:
    """`current` is what a reader gets who names no version; `size` in bytes as stored."""

    key: str
    version_id: str
    size: int
    current: bool


@dataclass(frozen=True)
class Bucket:
    client: S3Client
    name: str
    page_size: int = PAGE

    def pages(self, prefix: str, after: Mark | None) -> Iterator[tuple[list[Version], Mark | None]]:
        """Pages, and where to go on behind each; None behind the last.

        Delete markers hold nothing but a key, and are passed over.
        """
        while True:
            answer = self.client.list_object_versions(
                Bucket=self.name, Prefix=prefix, MaxKeys=self.page_size, **_markers(after)
            )
            after = None
            if answer["IsTruncated"]:
                after = {"key": answer["NextKeyMarker"]}
                if version := answer.get("NextVersionIdMarker"):
                    after["version_id"] = version
            yield [_version(each) for each in answer.get("Versions", [])], after
            if after is None:
                return

    def read(self, version: Version) -> bytes | None:
        """None if it was deleted meanwhile."""
        try:
            answer = self.client.get_object(
                Bucket=self.name, Key=version.key, **_of(version.version_id)
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise
        return answer["Body"].read()

    def current(self, key: str) -> bytes | None:
        return self.read(Version(key, UNVERSIONED, 0, current=True))

    def put(self, key: str, body: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=body)

    def delete(self, version: Version) -> None:
        """For good. Deleting what is gone changes nothing."""
        self.client.delete_object(Bucket=self.name, Key=version.key, **_of(version.version_id))


def _of(version_id: str) -> dict[str, Any]:
    return {} if version_id == UNVERSIONED else {"VersionId": version_id}


def _markers(after: Mark | None) -> dict[str, Any]:
    if after is None:
        return {}
    version = {"VersionIdMarker": after["version_id"]} if "version_id" in after else {}
    return {"KeyMarker": after["key"], **version}


def _version(listed: Any) -> Version:
    return Version(listed["Key"], listed["VersionId"], listed["Size"], listed["IsLatest"])
