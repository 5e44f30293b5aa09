"""Raw objects as an operator looks for them: what arrived, and what of it is in quarantine."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.lake.documents import RawObject
from lambdas.lake.layout import quarantine_key

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIX = ".ndjson.gz"


@dataclass(frozen=True)
class ArrivedObjects:
    """Of one lake; `s3` is a client with an engineer's permissions."""

    s3: Any
    bucket: str

    def under(self, prefix: str) -> Iterator[RawObject]:
        """All versions."""
        pages = self.s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
            for each in page.get("Versions", []):
                yield RawObject(each["Key"], each["VersionId"], each["Size"])

    def refused(self, version: RawObject, code: str) -> bool:
        """Whether any record of the version is in quarantine under the reason's code."""
        first = quarantine_key(version.key, version.version_id)
        pages = self.s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=first.removesuffix(SUFFIX)):
            for each in page.get("Contents", []):
                body = self.s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read()
                entries = map(json.loads, gzip.decompress(body).splitlines())
                if any(entry["code"] == code for entry in entries):
                    return True
        return False
