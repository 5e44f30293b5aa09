from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from lambdas.lake.objects import LakeBucket
from lambdas.publish.handler import publisher

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "lake"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS in this process, with a credential that opens nothing."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("LAKE_BUCKET", BUCKET)
    with mock_aws():
        yield
    publisher.cache_clear()


@pytest.fixture
def bucket(aws: None) -> LakeBucket:  # noqa: ARG001  # the bucket lives in it
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return LakeBucket(client, BUCKET)
