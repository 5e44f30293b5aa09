"""What S3 does not hand out is set aside, and the run goes on."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from lambdas.clean.origin import clean_any
from lambdas.lake.documents import RawObject, RecordCounts
from lambdas.lake.objects import LakeBucket

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch) -> Iterator[LakeBucket]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="lake")
        s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        yield LakeBucket(s3, "lake")


@pytest.mark.usefixtures("nord")
@pytest.mark.parametrize("key", ["raw/nord/x.csv", "raw/nord/x/", "raw/customer/dt=1/x"])
def test_an_archived_object_is_quarantined_and_stops_no_run(lake: LakeBucket, key: str) -> None:
    archived: dict[str, Any] = {"Bucket": "lake", "StorageClass": "GLACIER"}
    version = lake.client.put_object(Key=key, Body=b"a;b", **archived)["VersionId"]
    done = clean_any(lake, RawObject(key, version, 3)).cleaned
    assert done.counts == RecordCounts(1, quarantined=1)
    (entry,) = gzip.decompress(lake.get(*done.quarantine).body).splitlines()
    told = json.loads(entry)
    assert told["code"] == "unreadable_object"
    assert f"{key} that can be read: InvalidObjectState" in told["message"]
