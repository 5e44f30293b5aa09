"""Checking out: what is sold, what is refused and why, and that it is all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lambdas.api.dynamo import DynamoTable
from tests.shop import PRICES_OFF, TABLE, FakeClock, Reply, Shop, line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass
class Stall:
    """A customer, a vendor and a way to change an item behind the API's back."""

    shop: Shop
    client: DynamoDBClient
    user: int
    vendor: int

    def check_out(self, **headers: str) -> Reply:
        return self.shop.post("/checkout/", {"user_id": self.user}, **headers)

    def image(self, partition: str, sort: str) -> dict[str, Any]:
        key = {"PK": {"S": partition}, "SK": {"S": sort}}
        return dict(self.client.get_item(TableName=TABLE, Key=key, ConsistentRead=True)["Item"])

    def change(self, item: int, expression: str, **values: Any) -> None:
        self.client.update_item(
            TableName=TABLE,
            Key={"PK": {"S": f"ITEM#{item}"}, "SK": {"S": "ITEM"}},
            UpdateExpression=expression,
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
        )


@pytest.fixture
def stall(shop: Shop, client: DynamoDBClient) -> Stall:
    return Stall(shop, client, shop.customer(), shop.vendor())


def test_a_checkout_makes_an_order_of_the_cart_and_empties_it(stall: Stall) -> None:
    shop = stall.shop
    lamp, toy = shop.item(stall.vendor), shop.item(stall.vendor, "0.10", category="Toys")
    shop.fill(stall.user, line(lamp, stall.vendor, 2), line(toy, stall.vendor, 3, "0.10"))
    done = stall.check_out()
    assert done.status == 200
    assert done.body["message"] == "Transaction completed"
    transaction_id = done.body["transaction_id"]
    assert UUID(transaction_id).version == 7
    assert shop.get(f"/transactions/{transaction_id}").body == {
        "transaction_id": transaction_id,
        "user_id": stall.user,
        "sold_at": "2025-03-17T12:00:00.000000Z",
        "total_price": "40.28",
        "lines": [
            {
                "line_no": 1,
                "item_id": lamp,
                "vendor_id": stall.vendor,
                "category_id": 1,
                "qty": 2,
                "unit_price": "19.99",
                "total_price": "39.98",
            },
            {
                "line_no": 2,
                "item_id": toy,
                "vendor_id": stall.vendor,
                "category_id": 2,
                "qty": 3,
                "unit_price": "0.10",
                "total_price": "0.30",
            },
        ],
    }
    assert shop.get(f"/cart/{stall.user}").body["cart"] == []
    assert [order.transaction_id for order in shop.sold] == [transaction_id]


def test_order_and_emptied_cart_are_stored_as_the_pipeline_expects(stall: Stall) -> None:
    lamp = stall.shop.item(stall.vendor)
    stall.shop.fill(stall.user, *[line(lamp, stall.vendor)] * 2)
    transaction_id = stall.check_out().body["transaction_id"]
    order = stall.image(transaction_id, f"USER{stall.user}#2025-03-17T12:00:00.000000Z")
    assert order["entity"] == {"S": "transaction"}
    assert order["total_price"] == {"N": "39.98"}
    assert order["rev"] == {"N": "1"}
    cart = stall.image(f"USER#{stall.user}", "CART")
    assert (cart["rev"], cart["lines"], cart["lines_ever"]) == ({"N": "2"}, {"L": []}, {"N": "2"})


def test_stock_goes_down_by_all_lines_of_the_item_and_nothing_else_of_it_changes(
    stall: Stall,
) -> None:
    lamp = stall.shop.item(stall.vendor, stock=5)
    before = stall.image(f"ITEM#{lamp}", "ITEM")
    stall.shop.fill(stall.user, line(lamp, stall.vendor, 2), line(lamp, stall.vendor, 3))
    assert stall.check_out().status == 200
    assert stall.image(f"ITEM#{lamp}", "ITEM") == before | {
        "stock": {"N": "0"},
        "moves": {"N": "1"},
    }


def test_too_little_stock_is_409_with_the_lines_and_what_there_is(stall: Stall) -> None:
    lamp, rug = stall.shop.item(stall.vendor, stock=4), stall.shop.item(stall.vendor, stock=1)
    lines = [line(lamp, stall.vendor, 2), line(rug, stall.vendor), line(lamp, stall.vendor, 3)]
    stall.shop.fill(stall.user, *lines)
    refused = stall.check_out()
    assert refused.status == 409
    assert refused.body["type"] == "urn:samns-mercado:problem:out-of-stock"
    assert refused.body["lines"] == [
        {"line_no": 1, "item_id": lamp, "qty": 2, "available": 4},
        {"line_no": 3, "item_id": lamp, "qty": 3, "available": 4},
    ]
    assert stall.image(f"ITEM#{rug}", "ITEM")["stock"] == {"N": "1"}
    assert len(stall.shop.get(f"/cart/{stall.user}").body["cart"]) == 3


def test_a_stale_price_is_409_with_the_lines_and_the_current_prices(stall: Stall) -> None:
    lamp, rug = stall.shop.item(stall.vendor), stall.shop.item(stall.vendor)
    stall.shop.fill(stall.user, line(lamp, stall.vendor), line(rug, stall.vendor))
    stall.change(rug, "SET price = :price, rev = :rev", price={"N": "25.5"}, rev={"N": "2"})
    refused = stall.check_out()
    assert refused.status == 409
    assert refused.body["lines"] == [
        {"line_no": 2, "item_id": rug, "unit_price": "19.99", "current_price": "25.50"}
    ]


def test_a_vendor_who_does_not_offer_the_item_is_409_with_the_line(stall: Stall) -> None:
    stranger, lamp = stall.shop.vendor(), stall.shop.item(stall.vendor)
    stall.shop.fill(stall.user, line(lamp, stranger))
    refused = stall.check_out()
    assert refused.status == 409
    assert refused.body["type"] == "urn:samns-mercado:problem:foreign-vendor"
    assert refused.body["lines"] == [
        {"line_no": 1, "item_id": lamp, "vendor_id": stranger, "offered_by": stall.vendor}
    ]


def test_with_prices_off_the_sale_keeps_the_carts_price_and_vendor_but_not_more_than_the_stock(
    stall: Stall,
) -> None:
    shop = replace(stall.shop, settings=PRICES_OFF)
    stranger, lamp = shop.vendor(), shop.item(stall.vendor, stock=1)
    shop.fill(stall.user, line(lamp, stranger, price="1.50"))
    done = shop.post("/checkout/", {"user_id": stall.user})
    sold = shop.get(f"/transactions/{done.body['transaction_id']}").body["lines"][0]
    assert (sold["vendor_id"], sold["unit_price"]) == (stranger, "1.50")
    shop.fill(stall.user, line(lamp, stranger, price="1.50"))
    assert shop.post("/checkout/", {"user_id": stall.user}).status == 409


def test_an_item_that_went_away_is_404_and_named(stall: Stall) -> None:
    lamp = stall.shop.item(stall.vendor)
    stall.shop.fill(stall.user, line(lamp, stall.vendor))
    stall.change(lamp, "SET deleted = :yes, rev = :rev", yes={"BOOL": True}, rev={"N": "2"})
    refused = stall.check_out()
    assert refused.status == 404
    assert refused.body["missing"] == [{"entity": "item", "id": lamp}]


def test_an_item_without_a_category_is_sold_as_general(stall: Stall) -> None:
    lamp = stall.shop.item(stall.vendor)
    stall.shop.fill(stall.user, line(lamp, stall.vendor))
    stall.client.update_item(
        TableName=TABLE,
        Key={"PK": {"S": f"ITEM#{lamp}"}, "SK": {"S": "ITEM"}},
        UpdateExpression="REMOVE category",
    )
    order = stall.shop.get(f"/transactions/{stall.check_out().body['transaction_id']}").body
    assert order["lines"][0]["category_id"] == 1


@pytest.mark.parametrize("user_id", [1, "1", 99])
def test_an_empty_or_missing_cart_is_404(stall: Stall, user_id: Any) -> None:
    stall.shop.fill(stall.user)
    refused = stall.shop.post("/checkout/", {"user_id": user_id})
    assert refused.status == 404
    assert refused.body["type"] == "urn:samns-mercado:problem:empty-cart"


class FaultyClient:
    """A DynamoDB client whose transactions first meet what they are told to meet."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.client = client
        self.faults: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def transact_write_items(self, **request: Any) -> Any:
        if self.faults:
            self.faults.pop(0)(request)
        return self.client.transact_write_items(**request)

    def lost_answer(self, request: dict[str, Any]) -> None:
        self.client.transact_write_items(**request)
        raise ReadTimeoutError(endpoint_url="dynamodb")


def cancelled(*reasons: str) -> ClientError:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return ClientError(answer, "TransactWriteItems")


def refuse(error: ClientError) -> Any:
    def fault(_request: dict[str, Any]) -> None:
        raise error

    return fault


@pytest.fixture
def faulty(stall: Stall) -> FaultyClient:
    """The shop's table from now on meets faults."""
    client: Any = FaultyClient(stall.client)
    stall.shop.table = DynamoTable(client, TABLE)
    lamp = stall.shop.item(stall.vendor, stock=2)
    stall.shop.fill(stall.user, line(lamp, stall.vendor))
    return client  # type: ignore[no-any-return]  # it stands for a client


@pytest.mark.parametrize(
    "reasons",
    [
        ("None", "TransactionConflict"),
        ("ThrottlingError", "None"),
        ("TransactionConflict", "ProvisionedThroughputExceeded"),
    ],
)
def test_a_conflict_is_tried_again(
    stall: Stall, faulty: FaultyClient, reasons: tuple[str, ...]
) -> None:
    faulty.faults = [refuse(cancelled(*reasons))] * 3
    assert stall.check_out().status == 200
    assert len(stall.shop.sold) == 1


def test_a_conflict_without_end_is_503_and_says_when_to_come_again(
    stall: Stall, faulty: FaultyClient, clock: FakeClock
) -> None:
    started = clock()
    faulty.faults = [refuse(cancelled("TransactionConflict"))] * 1000
    refused = stall.check_out()
    assert refused.status == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert (clock() - started).total_seconds() <= stall.shop.retry.budget


def test_a_transaction_that_can_never_hold_is_our_error_and_not_tried_again(
    stall: Stall, faulty: FaultyClient
) -> None:
    faulty.faults = [refuse(cancelled("ValidationError"))]
    assert stall.check_out().status == 500
    assert stall.check_out().status == 200


def test_a_sale_whose_answer_was_lost_is_found_and_not_made_twice(
    stall: Stall, faulty: FaultyClient
) -> None:
    faulty.faults = [faulty.lost_answer]
    done = stall.check_out()
    assert done.status == 200
    assert stall.shop.get(f"/transactions/{done.body['transaction_id']}").status == 200
    assert stall.check_out().status == 404


def test_a_sign_up_whose_answer_was_lost_is_the_customers_own(
    stall: Stall, faulty: FaultyClient
) -> None:
    faulty.faults = [faulty.lost_answer]
    grace = {"first_name": "Grace", "last_name": "Hopper", "email": "grace@example.com"}
    assert stall.shop.post("/customers/", grace).status == 201
    assert stall.shop.post("/customers/", grace).status == 409


def test_what_changes_between_reading_and_writing_is_decided_anew(
    stall: Stall, faulty: FaultyClient
) -> None:
    lamp = 1

    def sold_out(_request: dict[str, Any]) -> None:
        stall.change(lamp, "SET stock = :none", none={"N": "0"})

    def dearer(_request: dict[str, Any]) -> None:
        stall.change(lamp, "SET price = :price, rev = :rev", price={"N": "5"}, rev={"N": "2"})

    faulty.faults = [sold_out]
    assert stall.check_out().body["lines"][0]["available"] == 0
    stall.change(lamp, "SET stock = :some", some={"N": "9"})
    faulty.faults = [dearer]
    assert stall.check_out().body["lines"][0]["current_price"] == "5.00"


def test_a_cart_written_meanwhile_is_the_one_that_is_sold(
    stall: Stall, faulty: FaultyClient
) -> None:
    def rival(_request: dict[str, Any]) -> None:
        assert stall.shop.fill(stall.user, line(1, stall.vendor, 2)).status == 200

    faulty.faults = [rival]
    order = stall.shop.get(f"/transactions/{stall.check_out().body['transaction_id']}").body
    assert order["lines"][0]["qty"] == 2
