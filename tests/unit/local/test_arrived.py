"""Which objects of a source have records in quarantine for a reason."""

from __future__ import annotations

import gzip
import json

from lambdas.lake.documents import RawObject
from lambdas.lake.layout import quarantine_key
from local.arrived import refused
from tests.fakes import FakeLake


def test_objects_are_told_by_the_reasons_of_any_of_their_parts() -> None:
    lake = FakeLake()
    first, second = (RawObject("raw/nord/a.csv", version) for version in ("v1", "v2"))
    other = RawObject("raw/nord/b.csv", "v1")
    for part, code in ((0, "ragged_row"), (3, "bad_type")):
        key = quarantine_key(first.key, first.version_id, part)
        lake.put(key, gzip.compress(json.dumps({"code": code}).encode()))
    objects = (first, second, other)
    assert [each for each in objects if refused(lake, each, "bad_type")] == [first]
    assert [each for each in objects if refused(lake, each, "ragged_row")] == [first]
    assert not any(refused(lake, each, "not_utf8") for each in objects)
