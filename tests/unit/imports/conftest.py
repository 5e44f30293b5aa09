"""Imports over moto's DynamoDB, as the API's own tests are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.importing import Vendor
from tests.unit.api.conftest import client, moto_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["client", "moto_client"]


@pytest.fixture
def vendor(client: DynamoDBClient) -> Vendor:  # pytest's way to ask for it
    return Vendor(client)
