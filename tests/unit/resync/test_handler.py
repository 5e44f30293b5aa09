"""Resync against the APIs of DynamoDB and S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from lambdas.resync import handler
from tests.capturing import lines
from tests.fakes import FakeContext
from tests.shop import create_table

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("LAKE_BUCKET", "lake")
    monkeypatch.setenv("TABLE_NAME", "shop")
    caches = (handler._lake, handler._table)
    for each in caches:
        each.cache_clear()
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="lake")
        create_table(boto3.client("dynamodb"), "shop")
        yield
    for each in caches:
        each.cache_clear()


@pytest.mark.usefixtures("cloud")
def test_a_dry_run_says_what_a_resync_would_put_and_puts_nothing() -> None:
    s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
    for number in range(3):
        item = {"PK": {"S": f"CUSTOMER#{number}"}, "SK": {"S": "CUSTOMER"}}
        dynamodb.put_item(TableName="shop", Item={**item, "entity": {"S": "customer"}})
    before = dynamodb.scan(TableName="shop")["Items"]
    said = handler.handle({"id": "repair", "dry_run": True}, FakeContext())
    assert s3.list_objects_v2(Bucket="lake")["KeyCount"] == 0
    assert dynamodb.scan(TableName="shop")["Items"] == before
    done = handler.handle({"id": "repair"}, FakeContext())
    figures = ("records", "objects")
    assert [said[name] for name in figures] == [done[name] for name in figures] == [3, 1]
    [put] = s3.list_objects_v2(Bucket="lake")["Contents"]
    assert said["bytes"] > 0
    assert done["bytes"] == put["Size"]


@pytest.mark.usefixtures("cloud")
def test_items_of_all_types_come_to_raw_as_typed_json_over_several_pages() -> None:
    s3, dynamodb = boto3.client("s3"), boto3.client("dynamodb")
    for number in range(6):
        dynamodb.put_item(
            TableName="shop",
            Item={
                "PK": {"S": f"CUSTOMER#{number}"},
                "SK": {"S": "CUSTOMER"},
                "entity": {"S": "customer"},
                "photo": {"B": b"\x00"},
                "text": {"S": "x" * 300_000},
            },
        )
    answer = handler.handle({"id": "repair"}, FakeContext(remaining_ms=0))
    assert answer["next"]["start_key"].keys() == {"PK", "SK"}
    while answer["next"]:
        answer = handler.handle(answer["next"], FakeContext(remaining_ms=0))

    found = s3.list_objects_v2(Bucket="lake", Prefix="raw/customer/")["Contents"]
    assert len(found) > 1
    images = [
        line["dynamodb"]["NewImage"]
        for each in found
        for line in lines(s3.get_object(Bucket="lake", Key=each["Key"])["Body"].read())
    ]
    assert sorted(image["PK"]["S"] for image in images) == [f"CUSTOMER#{n}" for n in range(6)]
    assert {image["photo"]["B"] for image in images} == {"AA=="}
