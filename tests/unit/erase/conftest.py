"""A lake, capture's failures and the operational table, as S3 and DynamoDB have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from lambdas.erase import handler
from tests.fakes import FakeContext
from tests.shop import create_table

if TYPE_CHECKING:
    from collections.abc import Iterator

LAKE, FAILURES, SHOP, CONTROL = "lake", "failures", "shop", "control"


@dataclass(frozen=True)
class World:
    """`versions` are (key, whether it is current) of all that the lake holds."""

    s3: Any
    dynamodb: Any

    def put(self, key: str, body: bytes, bucket: str = LAKE) -> None:
        self.s3.put_object(Bucket=bucket, Key=key, Body=body)

    def versions(self, prefix: str = "", bucket: str = LAKE) -> list[tuple[str, bool]]:
        listed = self.s3.list_object_versions(Bucket=bucket, Prefix=prefix).get("Versions", [])
        return [(each["Key"], each["IsLatest"]) for each in listed]

    def body(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=LAKE, Key=key)["Body"].read()
        return body

    def item(self, key: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.dynamodb.get_item(TableName=SHOP, Key=key).get("Item", {})
        return found

    def call(self, action: str, *, remaining_ms: int = 900_000, **more: Any) -> dict[str, Any]:
        """One call of the function."""
        event = {"action": action, "customer": 1, **more}
        answer: dict[str, Any] = handler.handle(event, FakeContext(remaining_ms))
        return answer

    def erased(self) -> dict[str, Any]:
        """The person, after an erasure of the lake in the operator's order."""
        person: dict[str, Any] = self.call("learn")["person"]
        self.call("mark")
        for stage in ("derived", "damaged", "raw"):
            self.call("erase", place="lake", stage=stage, person=person)
        return person


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    names = {"LAKE_BUCKET": LAKE, "FAILURES_BUCKET": FAILURES}
    for name, value in {**names, "TABLE_NAME": SHOP, "CONTROL_TABLE": CONTROL}.items():
        monkeypatch.setenv(name, value)
    handler.parts.cache_clear()
    with mock_aws():
        s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
        for bucket in (LAKE, FAILURES):
            s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket=LAKE, VersioningConfiguration={"Status": "Enabled"})
        for table in (SHOP, CONTROL):
            create_table(dynamodb, table)
        yield World(s3, dynamodb)
    handler.parts.cache_clear()
