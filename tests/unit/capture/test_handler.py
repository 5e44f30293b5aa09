"""Capture against S3's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from lambdas.capture import handler
from tests.capturing import change, lines
from tests.fakes import FakeContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

BUCKET = "lake"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("LAKE_BUCKET", BUCKET)
    handler._lake.cache_clear()
    with mock_aws():
        yield boto3.client("s3")
    handler._lake.cache_clear()


def test_a_batch_delivered_twice_leaves_one_version_of_each_object(s3: S3Client) -> None:
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    event = {"Records": [change(1), change(2, "cart"), change(3)]}
    handler.handle(event, FakeContext())
    handler.handle(event, FakeContext())
    versions = s3.list_object_versions(Bucket=BUCKET)["Versions"]
    assert [each["Key"].split("/")[1] for each in versions] == ["cart", "customer"]
    body = s3.get_object(Bucket=BUCKET, Key=versions[1]["Key"])["Body"].read()
    assert lines(body) == [change(1), change(3)]


def test_a_refusal_of_s3_fails_the_batch(s3: S3Client) -> None:
    assert s3.list_buckets()["Buckets"] == []
    with pytest.raises(ClientError, match="NoSuchBucket"):
        handler.handle({"Records": [change(1)]}, FakeContext())
