"""`RawVersions` of an S3 bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.ports import Listed, Mark
from lambdas.lake.documents import RawObject
from lambdas.lake.layout import RAW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef


@dataclass(frozen=True)
class BucketVersions:
    client: S3Client
    bucket: str

    def under(self, prefix: str, after: Mark | None = None) -> Iterator[Listed]:
        for page in self._pages(after, Prefix=prefix):
            yield from _versions(page)

    def filed_since(self, day: date, after: Mark | None = None) -> Iterator[Listed]:
        """Each folder is entered at `dt=<day>`, so that the cost does not grow with history."""
        folders: list[str] = []
        for page in self._pages(None, Prefix=RAW, Delimiter="/"):
            folders += [each["Prefix"] for each in page.get("CommonPrefixes", [])]
            yield from (each for each in _versions(page) if not after or each.mark.key > after.key)
        for folder in sorted(folders):
            first = Mark(f"{folder}dt={day.isoformat()}")
            yield from self.under(folder, after if after and after.key > first.key else first)

    def _pages(
        self, after: Mark | None, **request: Any
    ) -> Iterator[ListObjectVersionsOutputTypeDef]:
        """Pages by hand: the client's paginator cannot begin at a mark of ours."""
        while True:
            page = self.client.list_object_versions(
                Bucket=self.bucket, **request, **_markers(after)
            )
            yield page
            if not page["IsTruncated"]:
                return
            after = Mark(page["NextKeyMarker"], page.get("NextVersionIdMarker"))


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
