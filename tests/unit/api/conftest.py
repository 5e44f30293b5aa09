"""The API over moto's DynamoDB: one table a test, one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from lambdas.api.dynamo import DynamoTable
from tests.shop import TABLE, FakeClock, Shop, create_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="module")
def moto_client() -> Iterator[DynamoDBClient]:
    with mock_aws():
        yield boto3.client(
            "dynamodb",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106  # moto takes any
        )


@pytest.fixture
def client(moto_client: DynamoDBClient) -> Iterator[DynamoDBClient]:
    create_table(moto_client)
    yield moto_client
    moto_client.delete_table(TableName=TABLE)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def shop(client: DynamoDBClient, clock: FakeClock) -> Shop:
    return Shop(DynamoTable(client, TABLE), now=clock, retry=clock.retry())
