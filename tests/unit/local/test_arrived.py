"""What of a source arrived, and which of it has records in quarantine for a reason."""

from __future__ import annotations

import gzip
import json

import boto3
from moto import mock_aws

from lambdas.lake.layout import quarantine_key
from local.arrived import ArrivedObjects


@mock_aws
def test_objects_are_told_by_the_reasons_of_any_of_their_parts() -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="lake")
    s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
    for key in ("raw/nord/a.csv", "raw/nord/a.csv", "raw/nord/b.csv", "raw/sued/c.csv"):
        s3.put_object(Bucket="lake", Key=key, Body=b"1")
    lake = ArrivedObjects(s3, "lake")
    first, second, other = sorted(lake.under("raw/nord/"), key=lambda each: each.key)
    assert (first.key, second.key, other.key) == ("raw/nord/a.csv",) * 2 + ("raw/nord/b.csv",)
    for part, code in ((0, "ragged_row"), (3, "bad_type")):
        s3.put_object(
            Bucket="lake",
            Key=quarantine_key(first.key, first.version_id, part),
            Body=gzip.compress(json.dumps({"code": code}).encode()),
        )
    refused = [each for each in (first, second, other) if lake.refused(each, "bad_type")]
    assert refused == [first]
