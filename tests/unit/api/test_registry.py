"""Customers, vendors, items and categories over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.shop import TABLE, Shop, http_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.shop import FakeClock

ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}


def stored(client: DynamoDBClient, partition: str, sort: str) -> dict[str, Any]:
    answer = client.get_item(TableName=TABLE, Key={"PK": {"S": partition}, "SK": {"S": sort}})
    return dict(answer["Item"])


def test_a_customer_gets_an_integer_id_and_the_time_of_joining(shop: Shop) -> None:
    made = shop.post("/customers/", ADA | {"shoe_size": 38})
    assert made.status == 201
    assert made.body == ADA | {"id": 1, "joined_at": "2025-03-17T12:00:00.000000Z"}
    assert shop.get("/customers/1").body == made.body


def test_a_customer_is_stored_with_entity_and_rev_for_the_pipeline(
    shop: Shop, client: DynamoDBClient
) -> None:
    shop.post("/customers", ADA)
    image = stored(client, "CUSTOMER#1", "CUSTOMER")
    assert image["entity"] == {"S": "customer"}
    assert image["rev"] == {"N": "1"}
    assert image["customer_id"] == {"N": "1"}
    assert "deleted" not in image


def test_an_email_belongs_to_one_customer_in_any_case_of_letters(shop: Shop) -> None:
    shop.post("/customers/", ADA)
    refused = shop.post("/customers/", ADA | {"email": "ADA@Example.com"})
    assert refused.status == 409
    assert refused.body["type"] == "urn:samns-mercado:problem:email-taken"
    assert shop.get("/customers/2").status == 404


def test_the_longest_email_that_the_contract_allows_fits_a_key(shop: Shop) -> None:
    # Folding turns each of these two bytes into six.
    longest = "\u0390" * 634 + "@example.com"
    assert shop.post("/customers/", ADA | {"email": longest}).status == 201
    assert shop.post("/customers/", ADA | {"email": longest}).status == 409
    assert shop.post("/customers/", ADA | {"email": "x" + longest}).status == 422


def test_a_vendor_signs_up_and_is_found(shop: Shop) -> None:
    made = shop.post("/vendors/", {"vendor_name": "Samn", "region": "North"})
    assert made.status == 201
    assert made.body == {
        "id": 1,
        "vendor_name": "Samn",
        "region": "North",
        "joined_at": "2025-03-17T12:00:00.000000Z",
    }
    assert shop.get("/vendors/1/").body == made.body


def test_an_item_of_a_vendor_has_an_exact_price(shop: Shop, client: DynamoDBClient) -> None:
    vendor_id = shop.vendor()
    body = '{"item_name": "Lamp", "category": "1", "price": 19.99, "stock": 3}'
    made = shop.post(f"/inventory/?vendor_id={vendor_id}", body)
    assert made.status == 201
    assert made.body == {
        "id": 1,
        "vendor_id": vendor_id,
        "item_name": "Lamp",
        "category": 1,
        "price": "19.99",
        "stock": 3,
        "sku": None,
        "updated_at": "2025-03-17T12:00:00.000000Z",
    }
    assert shop.get("/inventory/1").body == made.body
    assert stored(client, "ITEM#1", "ITEM")["price"] == {"N": "19.99"}


def test_without_stock_pieces_are_not_counted_and_none_left_is_not_the_same(shop: Shop) -> None:
    vendor_id = shop.vendor()
    untracked, none_left = shop.item(vendor_id), shop.item(vendor_id, stock=0)
    assert shop.get(f"/inventory/{untracked}").body["stock"] is None
    assert shop.get(f"/inventory/{none_left}").body["stock"] == 0


def test_a_free_item_keeps_its_price(shop: Shop) -> None:
    item_id = shop.item(shop.vendor(), price="0.00")
    assert shop.get(f"/inventory/{item_id}").body["price"] == "0.00"


def test_an_item_needs_a_vendor_that_exists(shop: Shop) -> None:
    body = {"item_name": "Lamp", "category": 1, "price": 1}
    refused = shop.post("/inventory/?vendor_id=7", body)
    assert refused.status == 404
    assert refused.body["missing"] == [{"entity": "vendor", "id": 7}]
    unnamed = shop.post("/inventory/", body | {"vendor_id": 7, "price": -1})
    assert unnamed.status == 422
    assert [error["field"] for error in unnamed.body["errors"]] == ["vendor_id", "price"]


@pytest.mark.parametrize("category", ["1", 1, "General", " gEnErAl "])
def test_general_is_category_one_and_becomes_an_entity_when_first_used(
    shop: Shop, client: DynamoDBClient, category: Any
) -> None:
    vendor_id = shop.vendor()
    for _ in range(2):
        item_id = shop.item(vendor_id, category=category)
        assert shop.get(f"/inventory/{item_id}").body["category"] == 1
    image = stored(client, "CATEGORY#1", "CATEGORY")
    assert image["category_name"] == {"S": "General"}
    assert image["entity"] == {"S": "category"}


def test_other_categories_start_at_two_and_are_one_in_any_case_of_letters(shop: Shop) -> None:
    vendor_id = shop.vendor()
    names = ["Toys", "TOYS", "Stra\u00dfe", "STRASSE", "2"]
    items = [shop.item(vendor_id, category=name) for name in names]
    assert [shop.get(f"/inventory/{item}").body["category"] for item in items] == [2, 2, 3, 3, 2]


@pytest.mark.parametrize("category", ["7", 7])
def test_a_category_id_that_nobody_has_is_named(shop: Shop, category: Any) -> None:
    body = {"item_name": "Lamp", "category": category, "price": 1}
    refused = shop.post(f"/inventory/?vendor_id={shop.vendor()}", body)
    assert refused.status == 404
    assert refused.body["missing"] == [{"entity": "category", "id": 7}]


@pytest.mark.parametrize("room", ["customers", "vendors", "inventory", "cart"])
def test_an_id_that_nobody_has_is_404_and_one_that_cannot_be_is_422(shop: Shop, room: str) -> None:
    assert shop.get(f"/{room}/99").status == 404
    assert shop.get(f"/{room}/ninety").status == 422
    assert shop.get(f"/{room}/0").status == 422


def test_what_is_marked_deleted_is_not_there(shop: Shop, client: DynamoDBClient) -> None:
    item_id = shop.item(shop.vendor())
    client.update_item(
        TableName=TABLE,
        Key={"PK": {"S": f"ITEM#{item_id}"}, "SK": {"S": "ITEM"}},
        UpdateExpression="SET deleted = :yes, rev = :two",
        ExpressionAttributeValues={":yes": {"BOOL": True}, ":two": {"N": "2"}},
    )
    assert shop.get(f"/inventory/{item_id}").status == 404


def test_entities_that_join_later_say_so(shop: Shop, clock: FakeClock) -> None:
    first = shop.post("/customers/", ADA).body["joined_at"]
    clock.sleep(0.000001)
    second = shop.post("/customers/", ADA | {"email": "grace@example.com"}).body["joined_at"]
    assert first < second


def test_a_base64_body_is_read(shop: Shop) -> None:
    event = http_event("POST", "/customers/", "eyJmaXJzdF9uYW1lIjoiQWRhIn0=")
    refused = shop.send(event | {"isBase64Encoded": True})
    assert [error["field"] for error in refused.body["errors"]] == ["last_name", "email"]
