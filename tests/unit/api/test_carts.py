"""Writing and reading carts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lambdas.api.entities import Cart, Item, Ref, Vendor
from lambdas.api.images import image_of
from lambdas.api.measures import of_cart
from tests.shop import TABLE, Shop, line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def stored_cart(client: DynamoDBClient, user_id: int) -> dict[str, Any]:
    key = {"PK": {"S": f"USER#{user_id}"}, "SK": {"S": "CART"}}
    return dict(client.get_item(TableName=TABLE, Key=key)["Item"])


def put(client: DynamoDBClient, ref: Ref, entity: Vendor | Item) -> None:
    client.put_item(TableName=TABLE, Item=image_of(ref, entity))


def vendor(number: int) -> Vendor:
    return Vendor(vendor_id=number, vendor_name="Samn", region="North", joined_at="now")


def item(number: int) -> Item:
    return Item(
        item_id=number,
        vendor_id=number,
        item_name="Lamp",
        category=1,
        price=Decimal("19.99"),
        updated_at="now",
    )


def carted(shop: Shop) -> list[dict[str, float]]:
    """What the shop's carts tell in metrics, while the returned list is looked at."""
    told: list[dict[str, float]] = []

    def listen(before: Cart, after: Cart) -> None:
        told.append({each.name: value for each, value in of_cart(before, after).items() if value})

    shop.carted = listen
    return told


def test_a_cart_is_filled_once_and_emptied_once_however_often_it_changes(shop: Shop) -> None:
    told = carted(shop)
    user, vendor_id = shop.customer(), shop.vendor()
    lamp = shop.item(vendor_id)
    for lines in ([], [line(lamp, vendor_id)], [line(lamp, vendor_id, qty=2)]):
        shop.fill(user, *lines)
    shop.delete(f"/cart/{user}")
    assert told == [{}, {"CartsFilled": 1}, {}, {"CartsEmptied": 1}]


def test_a_checkout_counts_as_an_order_and_not_as_an_emptied_cart(shop: Shop) -> None:
    told = carted(shop)
    user, vendor_id = shop.customer(), shop.vendor()
    shop.fill(user, line(shop.item(vendor_id), vendor_id))
    shop.post("/checkout", {"user_id": user})
    assert told == [{"CartsFilled": 1}]
    assert len(shop.sold) == 1


def test_a_cart_is_echoed_with_integer_ids_and_money_as_decimal_strings(shop: Shop) -> None:
    user, seller = shop.customer(), shop.vendor()
    lamp = shop.item(seller)
    sent = (
        f'{{"user_id": "{user}", "cart": [{{"item_id": "{lamp}", "vendor_id": "{seller}", '
        '"qty": 3, "unit_price": 0.1, "total_price": 0.3, "colour": "red"}]}'
    )
    written = shop.post("/cart/", sent)
    assert written.status == 200
    assert written.body == {
        "user_id": user,
        "cart": [
            {
                "item_id": lamp,
                "vendor_id": seller,
                "qty": 3,
                "unit_price": "0.10",
                "total_price": "0.30",
            }
        ],
    }
    assert shop.get(f"/cart/{user}").body == written.body


def test_a_cart_replaces_the_one_before_and_remembers_its_most_lines(
    shop: Shop, client: DynamoDBClient
) -> None:
    user, seller = shop.customer(), shop.vendor()
    lamp = shop.item(seller)
    seen = []
    for lines in (2, 3, 1, 0):
        assert shop.fill(user, *[line(lamp, seller)] * lines).status == 200
        image = stored_cart(client, user)
        numbers = [entry["M"]["line_no"]["N"] for entry in image["lines"]["L"]]
        seen.append((image["rev"]["N"], numbers, image["lines_ever"]["N"]))
    assert seen == [
        ("1", ["1", "2"], "2"),
        ("2", ["1", "2", "3"], "3"),
        ("3", ["1"], "3"),
        ("4", [], "3"),
    ]
    assert shop.get(f"/cart/{user}").body == {"user_id": user, "cart": []}


def test_a_customer_who_never_had_a_cart_has_an_empty_one_and_a_stranger_has_none(
    shop: Shop,
) -> None:
    user = shop.customer()
    assert shop.get(f"/cart/{user}").body == {"user_id": user, "cart": []}
    assert shop.get("/cart/99").body["missing"] == [{"entity": "customer", "id": 99}]


def test_everything_that_a_cart_names_must_exist_and_all_that_does_not_is_named(
    shop: Shop,
) -> None:
    seller = shop.vendor()
    lamp = shop.item(seller)
    refused = shop.fill(5, line(lamp, seller), line(77, seller), line(lamp, 88), line(77, 88))
    assert refused.status == 404
    assert refused.body["detail"] == "There is no customer 5, item 77, vendor 88."


def test_a_full_cart_of_different_items_and_vendors_is_read_in_batches(
    shop: Shop, client: DynamoDBClient
) -> None:
    user = shop.customer()
    for number in range(1, 91):
        put(client, Ref("vendor", number), vendor(number))
        put(client, Ref("item", number), item(number))
    lines = [line(number, number) for number in range(1, 91)]
    assert shop.fill(user, *lines).status == 200
    assert len(shop.get(f"/cart/{user}").body["cart"]) == 90
    assert shop.post("/checkout/", {"user_id": user}, Idempotency_Key="full").status == 200


def test_a_deleted_item_cannot_be_put_into_a_cart(shop: Shop, client: DynamoDBClient) -> None:
    user, seller = shop.customer(), shop.vendor()
    lamp = shop.item(seller)
    client.update_item(
        TableName=TABLE,
        Key={"PK": {"S": f"ITEM#{lamp}"}, "SK": {"S": "ITEM"}},
        UpdateExpression="SET deleted = :yes, rev = :two",
        ExpressionAttributeValues={":yes": {"BOOL": True}, ":two": {"N": "2"}},
    )
    assert shop.fill(user, line(lamp, seller)).body["missing"] == [{"entity": "item", "id": lamp}]
