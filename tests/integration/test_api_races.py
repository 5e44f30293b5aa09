"""Races over the emulator's DynamoDB: many threads, one table, the whole application in each.

The emulator runs one request after another, so its transactions are atomic and it never answers
TransactionConflict: rivals meet in conditions that fail. Conflicts are met in the unit tests.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from lambdas.api.dynamo import DynamoTable
from lambdas.api.images import cart_from, category_from, item_from, order_from
from tests.integration.operational_table import THREADS, Witness, dynamodb, open_shop, stored
from tests.shop import Reply, Shop, in_threads, line

if TYPE_CHECKING:
    from decimal import Decimal

    from mypy_boto3_dynamodb import DynamoDBClient

    from lambdas.api.entities import Cart, Order
    from tests.integration.emulator import Emulator


@pytest.fixture(scope="module")
def client(emulator: Emulator) -> DynamoDBClient:
    return dynamodb(emulator)


@pytest.fixture
def shop(client: DynamoDBClient) -> Shop:
    return open_shop(client)


def check_out(shop: Shop, user: int, **headers: str) -> Reply:
    return shop.post("/checkout/", {"user_id": user}, **headers)


def wares(lines_of: Cart | Order) -> list[tuple[int, int, int, Decimal]]:
    return [(line.line_no, line.item_id, line.qty, line.unit_price) for line in lines_of.lines]


def test_the_emulators_transactions_are_all_or_nothing(shop: Shop) -> None:
    table = shop.table
    assert isinstance(table, DynamoTable)

    def put(name: str, condition: str) -> Any:
        key = {"PK": {"S": name}, "SK": {"S": name}}
        return {
            "Put": {"TableName": table.name, "Item": key, "ConditionExpression": condition},
        }

    with pytest.raises(ClientError) as refused:
        table.client.transact_write_items(
            TransactItems=[put("a", "attribute_not_exists(PK)"), put("b", "attribute_exists(PK)")]
        )
    answer: dict[str, Any] = dict(refused.value.response)
    codes = [reason["Code"] for reason in answer["CancellationReasons"]]
    assert codes == ["None", "ConditionalCheckFailed"]
    assert table.client.scan(TableName=table.name)["Count"] == 0


def test_fifty_buyers_of_the_last_ten_pieces_get_ten(shop: Shop) -> None:
    vendor = shop.vendor()
    lamp = shop.item(vendor, stock=10)
    users = [shop.customer(f"buyer{number}@example.com") for number in range(THREADS)]
    for user in users:
        shop.fill(user, line(lamp, vendor))
    replies = in_threads([partial(check_out, shop, user) for user in users])
    assert Counter(reply.status for reply in replies) == {200: 10, 409: 40}
    assert {reply.body["lines"][0]["available"] for reply in replies if reply.status == 409} == {0}
    [item] = stored(shop, "item", item_from)
    assert (item.stock, item.rev) == (0, 1)
    assert len(stored(shop, "transaction", order_from)) == len(shop.sold) == 10
    emptied = [not cart.lines for cart in stored(shop, "cart", cart_from)]
    assert Counter(emptied) == {True: 10, False: 40}


def test_fifty_identical_requests_under_one_key_make_one_order(shop: Shop) -> None:
    user, vendor = shop.customer(), shop.vendor()
    lamp = shop.item(vendor, stock=100)
    shop.fill(user, line(lamp, vendor, 2))
    replies = in_threads([partial(check_out, shop, user, Idempotency_Key="once")] * THREADS)
    assert {reply.status for reply in replies} == {200}
    [order] = stored(shop, "transaction", order_from)
    assert {reply.body["transaction_id"] for reply in replies} == {order.transaction_id}
    assert [item.stock for item in stored(shop, "item", item_from)] == [98]
    assert len(shop.sold) == 1


def test_fifty_new_customers_of_one_email_are_one_customer_and_ids_do_not_repeat(
    shop: Shop,
) -> None:
    body = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}
    replies = in_threads([partial(shop.post, "/customers/", body)] * THREADS)
    assert Counter(reply.status for reply in replies) == {201: 1, 409: THREADS - 1}
    vendor = {"vendor_name": "Samn", "region": "North"}
    vendors = in_threads([partial(shop.post, "/vendors/", vendor)] * THREADS)
    assert {reply.body["id"] for reply in vendors} == set(range(1, THREADS + 1))


def test_twenty_new_items_of_one_new_category_share_it(shop: Shop) -> None:
    path = f"/inventory/?vendor_id={shop.vendor()}"
    bodies = [{"item_name": "Lamp", "category": name, "price": 1} for name in ("Toys", "toys") * 10]
    replies = in_threads([partial(shop.post, path, body) for body in bodies])
    assert {reply.status for reply in replies} == {201}
    assert len({reply.body["category"] for reply in replies}) == 1
    assert [category.category_id for category in stored(shop, "category", category_from)] == [
        replies[0].body["category"]
    ]


def test_a_race_of_cart_writes_and_checkouts_sells_each_cart_once_as_it_was_at_its_rev(
    shop: Shop,
) -> None:
    table = shop.table
    assert isinstance(table, Witness)
    user, vendor = shop.customer(), shop.vendor()
    items = [shop.item(vendor, stock=1000) for _ in range(3)]

    def rival(number: int) -> Reply:
        """Writes a cart that no other rival writes, then sells what is there, several times."""
        for qty in range(4 * number + 1, 4 * number + 5):
            lines = [line(item, vendor, qty) for item in items[: 1 + qty % 3]]
            assert shop.fill(user, *lines).status == 200
            reply = check_out(shop, user)
            assert reply.status in {200, 404}, reply
        return reply

    in_threads([partial(rival, number) for number in range(12)])

    carts = {cart.rev: cart for cart in table.written}
    sold = {sale.cart.rev: sale.order.transaction_id for sale in table.sales}
    orders = {order.transaction_id: order for order in stored(shop, "transaction", order_from)}
    assert len(table.written) == 48
    assert len(sold) == len(table.sales) == len(orders) == len(shop.sold) > 0
    for rev, transaction_id in sold.items():
        assert wares(orders[transaction_id]) == wares(carts[rev])
    emptied = {rev + 1 for rev in sold}
    assert sorted(carts.keys() | emptied) == list(range(1, 48 + len(sold) + 1))
    pieces = sum(order_line.qty for order in orders.values() for order_line in order.lines)
    assert sum(item.stock or 0 for item in stored(shop, "item", item_from)) == 3000 - pieces
