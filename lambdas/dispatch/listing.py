"""`RawVersions` of an S3 bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.ports import Listed, Mark
from lambdas.lake.documents import RawObject
from lambdas.lake.layout import RAW, is_held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef


DAY = re.compile(r"dt=(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class BucketVersions:
    client: S3Client
    bucket: str
    page_size: int = 1_000

    def under(self, prefix: str, after: Mark | None = None) -> Iterator[Listed]:
        for page in self._pages(after, Prefix=prefix):
            yield from _versions(page)

    def filed_since(self, day: date) -> Iterator[Listed]:
        """Folders of older days, and of what is held, are seen but not entered.

        So the cost does not grow with history.
        """
        for entity in self._folders(RAW):
            for folder in self._folders(entity):
                if not _is_older(folder, day) and not is_held(folder):
                    yield from self.under(folder)
            yield from self._loose(entity)
        yield from self._loose(RAW)

    def _folders(self, prefix: str) -> list[str]:
        pages = self._pages(None, Prefix=prefix, Delimiter="/")
        return [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]

    def _loose(self, prefix: str) -> Iterator[Listed]:
        """Those that lie directly under the prefix."""
        for page in self._pages(None, Prefix=prefix, Delimiter="/"):
            yield from _versions(page)

    def _pages(
        self, after: Mark | None, **request: Any
    ) -> Iterator[ListObjectVersionsOutputTypeDef]:
        """Pages by hand: the client's paginator cannot begin at a mark of ours."""
        while True:
            page = self.client.list_object_versions(
                Bucket=self.bucket, MaxKeys=self.page_size, **request, **_markers(after)
            )
            yield page
            if not page["IsTruncated"]:
                return
            after = Mark(page["NextKeyMarker"], page.get("NextVersionIdMarker"))


def _is_older(folder: str, day: date) -> bool:
    """Of a folder that names no day, nothing is known."""
    name = DAY.fullmatch(folder.rstrip("/").rsplit("/", 1)[-1])
    return name is not None and name[1] < day.isoformat()


def _markers(after: Mark | None) -> dict[str, Any]:
    if after is None:
        return {}
    version = {"VersionIdMarker": after.version_id} if after.version_id else {}
    return {"KeyMarker": after.key, **version}


def _versions(page: ListObjectVersionsOutputTypeDef) -> Iterator[Listed]:
    """Delete markers are no versions of data, and are listed apart."""
    for each in page.get("Versions", []):
        item = RawObject(each["Key"], each["VersionId"], each["Size"])
        yield Listed(item, each["LastModified"])
