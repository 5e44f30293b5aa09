"""States in a table of DynamoDB: one run advances one, and only from what it has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from lambdas.ingest.errors import RivalError
from lambdas.ingest.states import State, StateTable

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def states() -> Iterator[StateTable]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="states",
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield StateTable(client, "states")


def test_what_was_advanced_is_read(states: StateTable) -> None:
    assert states.read("shop", "orders") == State()
    first = states.advance("shop", "orders", State(), {"reached": "1"})
    second = states.advance("shop", "orders", first, {"reached": "é"})
    assert states.read("shop", "orders") == second == State(2, {"reached": "é"})
    assert states.read("shop", "lines") == State()


def test_of_two_that_have_seen_the_same_one_advances(states: StateTable) -> None:
    seen = states.advance("shop", "orders", State(), {"at": 1})
    states.advance("shop", "orders", seen, {"at": 2})
    for stale in (seen, State()):
        with pytest.raises(RivalError):
            states.advance("shop", "orders", stale, {"at": 3})
    assert states.read("shop", "orders").said == {"at": 2}
