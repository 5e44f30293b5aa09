"""Which of the objects that arrived have records in quarantine, and why."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from lambdas.lake.layout import quarantine_key

if TYPE_CHECKING:
    from lambdas.lake.documents import RawObject
    from lambdas.lake.objects import ObjectStore

SUFFIX = ".ndjson.gz"


def refused(lake: ObjectStore, version: RawObject, code: str) -> bool:
    """Whether any record of the version, in any part of it, was refused under the code."""
    first = quarantine_key(version.key, version.version_id)
    return any(
        json.loads(line)["code"] == code
        for key in lake.keys(first.removesuffix(SUFFIX))
        for line in gzip.decompress(lake.get(key).body).splitlines()
    )
