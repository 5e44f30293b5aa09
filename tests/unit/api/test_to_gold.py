"""What the API writes when it changes, deletes and restores means in gold what it meant here."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.clean.captured.transform import clean
from lambdas.conform.transform import conform
from lambdas.contracts import BY_TABLE, api_version
from lambdas.publish.merge import merge, project
from lambdas.publish.tables import read_stored, stored_schema
from tests.shop import TABLE, line
from tests.stream import raw_object, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duckdb import DuckDBPyConnection
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.shop import Reply, Shop

ENTITIES = {"customer", "vendor", "item", "category", "cart", "transaction"}
Rows = list[dict[str, Any]]


class Stream:
    """The images that a table's items have had, as far as one looks after every write."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.client = client
        self.images: list[dict[str, Any]] = []

    def look(self) -> None:
        for image in self.client.scan(TableName=TABLE)["Items"]:
            if image["entity"]["S"] in ENTITIES and image not in self.images:
                self.images.append(dict(image))


@pytest.fixture
def gold(
    shop: Shop, client: DynamoDBClient, connection: DuckDBPyConnection, tmp_path: Path
) -> dict[str, Any]:
    """State and gold by table, after a history whose records arrive in any order."""
    stream = Stream(client)
    _history(shop, stream)
    records = [record(image) for image in stream.images]
    random.Random(7).shuffle(records)
    cleaned = clean(connection, raw_object(*records), tmp_path)
    assert cleaned.counts.quarantined == 0, cleaned.rejected
    paths = {accepted.entity: [accepted.path] for accepted in cleaned.accepted}
    tables: dict[str, Any] = {}
    for delta in conform(connection, paths, tmp_path).deltas:
        contract = BY_TABLE[delta.table]
        state = tables.get(delta.table, stored_schema(contract).empty_table())
        arrived = read_stored(contract, delta.path.read_bytes()).table
        tables[delta.table] = merge(contract, state, arrived).table
    return tables


def _history(shop: Shop, stream: Stream) -> None:
    """Vendor 1 and customer 2 are deleted in the end, item 1 deleted and restored."""
    shop.customer()
    shop.customer("b@c")
    shop.vendor()
    shop.item(1, stock=5)
    stream.look()
    calls: list[Callable[[], Reply]] = [
        lambda: shop.fill(1, line(1, 1, 2)),
        lambda: shop.post("/checkout", {"user_id": 1}),
        lambda: shop.patch("/inventory/1", {"price": "5", "item_name": "Lantern"}),
        lambda: shop.patch("/inventory/1/stock", {"change": 10}),
        lambda: shop.delete("/inventory/1"),
        lambda: shop.post("/inventory/1/restore"),
        lambda: shop.fill(2, line(1, 1, 1, "5.00")),
        lambda: shop.delete("/customers/2"),
        lambda: shop.fill(1, line(1, 1, 1, "5.00")),
        lambda: shop.ask("DELETE", "/cart/1"),
        lambda: shop.patch("/customers/1", {"email": "new@example.com"}),
        lambda: shop.delete("/vendors/1"),
    ]
    for call in calls:
        answer = call()
        assert answer.status < 300, answer
        stream.look()


def state(gold: dict[str, Any], table: str, key: str) -> dict[int, tuple[str, bool]]:
    found: Rows = gold[table].to_pylist()
    return {row[key]: (row["version"], row["deleted"]) for row in found}


def test_marks_and_revs_are_those_of_the_last_write(gold: dict[str, Any]) -> None:
    assert state(gold, "customer", "customer_id") == {
        1: (api_version(2), False),
        2: (api_version(2), True),
    }
    assert state(gold, "vendor", "vendor_id") == {1: (api_version(2), True)}
    assert state(gold, "inventory", "item_id") == {1: (api_version(4), False)}


def test_deleted_members_stay_so_that_their_sales_join(gold: dict[str, Any]) -> None:
    shown = {name: project(BY_TABLE[name], rows).to_pylist() for name, rows in gold.items()}
    [sale] = shown["sales"]
    [vendor] = [row for row in shown["vendor"] if row["vendor_id"] == sale["vendor_id"]]
    [item] = [row for row in shown["inventory"] if row["item_id"] == sale["item_id"]]
    assert (sale["total_price"], sale["qty"]) == (Decimal("39.98"), 2)
    assert vendor["vendor_name"] == "Samn"
    assert (item["item_name"], item["price"]) == ("Lantern", Decimal("5.00"))
    assert [row["email"] for row in shown["customer"]] == ["new@example.com", "b@c"]


def test_emptied_carts_and_those_of_deleted_customers_leave_gold(gold: dict[str, Any]) -> None:
    assert project(BY_TABLE["cart"], gold["cart"]).num_rows == 0
