"""An object as a file: the same bytes, however they are asked for."""

from __future__ import annotations

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.objects import LakeBucket
from lambdas.lake.streams import ObjectStream
from tests.fakes import FakeLake

KEY = "raw/shop/orders.csv"


@given(
    body=st.binary(max_size=60),
    stretch=st.integers(1, 20),
    sizes=st.lists(st.integers(0, 25), max_size=20),
)
def test_whatever_is_read_at_once_the_bytes_are_the_objects(
    body: bytes, stretch: int, sizes: list[int]
) -> None:
    lake = FakeLake()
    lake.put(KEY, body)
    stream = ObjectStream(lake, KEY, "v1", stretch)
    read = b""
    for size in sizes:
        piece = stream.read(size)
        assert piece == body[len(read) : len(read) + size]
        read += piece
    assert read + stream.read() == body
    assert stream.read(1) == b""


def test_a_store_that_heeds_no_ranges_is_noticed() -> None:
    class Whole(FakeLake):
        def read(self, key: str, version_id: str, start: int, length: int) -> bytes:
            return super().read(key, version_id, 0, start + length + 1)

    lake = Whole()
    lake.put(KEY, b"abcdefgh")
    with pytest.raises(ValueError, match="3 bytes, not 2"):
        ObjectStream(lake, KEY, "v1", stretch=2).read(1)


@mock_aws
def test_a_version_is_read_in_stretches_to_its_end_and_no_other_version() -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="lake")
    s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
    bodies = [b"abcdefgh", b"", b"another"]
    versions = [s3.put_object(Bucket="lake", Key=KEY, Body=body)["VersionId"] for body in bodies]
    bucket = LakeBucket(s3, "lake")
    for version, body in zip(versions, bodies, strict=True):
        assert ObjectStream(bucket, KEY, version, stretch=4).read() == body
    with pytest.raises(ObjectMissingError, match="orders"):
        ObjectStream(bucket, "raw/no/orders.csv", versions[0]).read(1)
