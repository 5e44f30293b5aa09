"""Changing, deleting and restoring customers, vendors, items and carts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.shop import TABLE, line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.shop import FakeClock, Shop


def stored(client: DynamoDBClient, partition: str, sort: str) -> dict[str, Any]:
    key = {"PK": {"S": partition}, "SK": {"S": sort}}
    return dict(client.get_item(TableName=TABLE, Key=key, ConsistentRead=True)["Item"])


def fields(refused: Any) -> list[str]:
    assert refused.status == 422, refused
    return [error["field"] for error in refused.body["errors"]]


def test_only_what_is_given_changes(shop: Shop) -> None:
    user = shop.customer()
    before = shop.get(f"/customers/{user}").body
    changed = shop.patch(f"/customers/{user}/", {"last_name": "King", "first_name": " Ada A. "})
    assert changed.status == 200
    assert changed.body == before | {"last_name": "King", "first_name": "Ada A."}
    assert shop.get(f"/customers/{user}").body == changed.body


def test_an_item_changes_its_name_category_and_price_and_says_when(
    shop: Shop, clock: FakeClock, client: DynamoDBClient
) -> None:
    vendor = shop.vendor()
    lamp = shop.item(vendor, stock=4)
    clock.sleep(60)
    new = {"item_name": "Lantern", "category": "Light", "price": 24.5}
    changed = shop.patch(f"/inventory/{lamp}", new)
    assert changed.body == {
        "id": lamp,
        "vendor_id": vendor,
        "item_name": "Lantern",
        "category": 2,
        "price": "24.50",
        "stock": 4,
        "sku": None,
        "updated_at": "2025-03-17T12:01:00.000000Z",
    }
    assert stored(client, f"ITEM#{lamp}", "ITEM")["rev"] == {"N": "2"}
    assert [each["id"] for each in shop.listed("/inventory?category=light&item_name=lan")] == [lamp]
    assert shop.listed("/inventory?item_name=lamp") == shop.listed("/inventory?category=1") == []


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("/customers/1", {"first_name": "Ada", "email": "ada@example.com"}),
        ("/vendors/1", {}),
        ("/inventory/1", {"price": "19.990", "category": "general"}),
        ("/inventory/1/stock", {"stock": 7}),
        ("/inventory/1/stock", {"change": 0}),
    ],
)
def test_what_changes_nothing_raises_no_rev_and_no_time(
    shop: Shop, clock: FakeClock, path: str, same: dict[str, Any]
) -> None:
    shop.customer()
    shop.item(shop.vendor(), stock=7)
    before = shop.get(path)
    clock.sleep(1)
    after = shop.patch(path, same, before.headers["ETag"])
    assert (after.status, after.body) == (200, before.body)
    assert shop.get(path).headers["ETag"] == after.headers["ETag"] == before.headers["ETag"]


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/customers/1", {"id": 2, "joined_at": "now"}, ["id", "joined_at"]),
        ("/customers/1", {"email": "nobody", "first_name": None}, ["first_name", "email"]),
        ("/customers/x", {"last_name": ""}, ["customer_id", "last_name"]),
        ("/vendors/1", {"vendor_name": 7, "name": "x"}, ["vendor_name", "name"]),
        ("/inventory/1", {"vendor_id": 2, "price": -1}, ["price", "vendor_id"]),
        ("/inventory/1", {"stock": 3}, ["stock"]),
        ("/inventory/1/stock", {"stock": -1}, ["stock"]),
        ("/inventory/1/stock", {}, ["stock", "change"]),
        ("/inventory/1/stock", {"stock": 1, "change": 1}, ["stock", "change"]),
        ("/inventory/1/stock", {"change": None}, ["change"]),
        ("/vendors/1", [], ["body"]),
    ],
)
def test_what_cannot_be_changed_so_is_refused_by_name(
    shop: Shop, path: str, body: Any, named: list[str]
) -> None:
    assert fields(shop.patch(path, body)) == named


def test_a_changed_price_fails_the_checkout_of_a_cart_from_before(shop: Shop) -> None:
    user, vendor = shop.customer(), shop.vendor()
    lamp = shop.item(vendor)
    shop.fill(user, line(lamp, vendor))
    shop.patch(f"/inventory/{lamp}", {"price": "21.00"})
    refused = shop.post("/checkout", {"user_id": user})
    assert refused.status == 409
    assert refused.body["lines"][0]["current_price"] == "21.00"


def test_a_category_that_nobody_has_changes_no_item(shop: Shop) -> None:
    lamp = shop.item(shop.vendor())
    refused = shop.patch(f"/inventory/{lamp}", {"category": 9})
    assert refused.body["missing"] == [{"entity": "category", "id": 9}]
    assert shop.get(f"/inventory/{lamp}").headers["ETag"] == '"1.0"'


def test_a_customer_moves_to_an_address_and_the_old_one_is_free_at_once(
    shop: Shop, client: DynamoDBClient
) -> None:
    ada, bob = shop.customer("ada@example.com"), shop.customer("bob@example.com")
    taken = shop.patch(f"/customers/{bob}", {"email": "ADA@example.com", "last_name": "X"})
    assert (taken.status, taken.body["type"].split(":")[-1]) == (409, "email-taken")
    assert shop.get(f"/customers/{bob}").body["last_name"] == "Lovelace"
    assert shop.patch(f"/customers/{ada}", {"email": "a@example.com"}).status == 200
    released = stored(client, "UNIQUE#EMAIL#ada@example.com", "UNIQUE")
    assert "expires_at" in released, "TTL removes it"
    assert shop.listed("/customers?email=ada@example.com") == []
    assert shop.patch(f"/customers/{bob}", {"email": "ada@example.com"}).status == 200
    claimed = stored(client, "UNIQUE#EMAIL#ada@example.com", "UNIQUE")
    assert (claimed["owner_id"], "expires_at" in claimed) == ({"N": str(bob)}, False)
    assert shop.customer("BOB@example.com") == 3
    assert shop.patch(f"/customers/{ada}", {"email": "A@EXAMPLE.com"}).status == 200
    [found] = shop.listed("/customers?email=a@example.com")
    assert (found["id"], found["email"]) == (ada, "A@EXAMPLE.com")


def test_a_customer_comes_back_to_an_address_that_nobody_took(shop: Shop) -> None:
    ada = shop.customer("ada@example.com")
    for email in ("a@example.com", "ada@example.com", "a@example.com"):
        assert shop.patch(f"/customers/{ada}", {"email": email}).status == 200
        assert [each["id"] for each in shop.listed(f"/customers?email={email}")] == [ada]


def test_pieces_are_added_and_taken_but_never_below_none(shop: Shop) -> None:
    path = f"/inventory/{shop.item(shop.vendor(), stock=2)}/stock"
    assert shop.patch(path, {"change": 3}).body["stock"] == 5
    assert shop.patch(path, {"change": "-5"}).body["stock"] == 0
    refused = shop.patch(path, {"change": -1})
    assert (refused.status, refused.body["available"]) == (409, 0)
    assert shop.patch(path, {"change": 2**31 - 1}).status == 200
    assert shop.patch(path, {"change": 1}).status == 409


def test_stock_is_counted_from_now_on_or_no_longer(shop: Shop) -> None:
    user, vendor = shop.customer(), shop.vendor()
    lamp = shop.item(vendor)
    path = f"/inventory/{lamp}/stock"
    refused = shop.patch(path, {"change": 3})
    assert (refused.status, refused.body["type"].split(":")[-1]) == (409, "untracked-stock")
    assert shop.patch(path, {"stock": 0}).body["stock"] == 0
    shop.fill(user, line(lamp, vendor))
    assert shop.post("/checkout", {"user_id": user}).status == 409
    assert shop.patch(path, {"stock": None}).body["stock"] is None
    assert shop.post("/checkout", {"user_id": user}).status == 200


@pytest.mark.parametrize("path", ["/customers/1", "/vendors/1", "/inventory/1"])
def test_what_is_deleted_is_found_nowhere_until_it_is_restored(
    shop: Shop, client: DynamoDBClient, path: str
) -> None:
    shop.customer()
    shop.item(shop.vendor())
    room, before = path.rpartition("/")[0], shop.get(path).body
    deleted = shop.delete(path, shop.get(path).headers["ETag"])
    assert (deleted.status, deleted.body) == (204, {})
    assert deleted.headers["ETag"].startswith('"2')
    for reply in (shop.get(path), shop.delete(path), shop.patch(path, {})):
        assert (reply.status, reply.body["type"].split(":")[-1]) == (404, "not-found")
    assert shop.listed(room) == []
    entity = {"/customers": "CUSTOMER", "/vendors": "VENDOR", "/inventory": "ITEM"}[room]
    image = stored(client, f"{entity}#1", entity)
    assert (image["deleted"], image["rev"]) == ({"BOOL": True}, {"N": "2"})
    assert "name_key" not in image

    assert shop.post(f"{path}/restore", If_Match='"1.0"').status == 412
    restored = shop.post(f"{path}/restore/", If_Match=deleted.headers["ETag"])
    assert (restored.status, restored.body) == (200, before)
    assert restored.headers["ETag"].startswith('"3')
    assert shop.listed(room) == [before]
    again = shop.post(f"{path}/restore")
    assert (again.status, again.headers["ETag"]) == (200, restored.headers["ETag"])
    assert "deleted" not in stored(client, f"{entity}#1", entity)
    assert shop.post(f"{room}/99/restore").status == 404


def test_a_deleted_customer_has_no_cart_and_no_list_and_keeps_the_address(shop: Shop) -> None:
    user, vendor = shop.customer(), shop.vendor()
    lamp = shop.item(vendor)
    shop.fill(user, line(lamp, vendor))
    sold = shop.post("/checkout", {"user_id": user}).body["transaction_id"]
    shop.fill(user, line(lamp, vendor))
    shop.delete(f"/customers/{user}")
    assert shop.get(f"/cart/{user}").status == 404
    assert shop.delete(f"/cart/{user}").status == 404
    assert shop.fill(user, line(lamp, vendor)).body["missing"] == [
        {"entity": "customer", "id": user}
    ]
    assert shop.post("/checkout", {"user_id": user}).status == 404
    assert shop.get(f"/customers/{user}/transactions").status == 404
    assert shop.get(f"/transactions/{sold}").status == 200
    taken = {"first_name": "Eve", "last_name": "L", "email": "ada@example.com"}
    assert shop.post("/customers", taken).status == 409
    assert shop.listed("/customers?email=ada@example.com") == []
    shop.post(f"/customers/{user}/restore")
    assert shop.get(f"/cart/{user}").body["cart"] == []
    assert len(shop.listed(f"/customers/{user}/transactions")) == 1


def test_a_deleted_item_cannot_be_put_in_a_cart_or_sold_from_one(shop: Shop) -> None:
    user, vendor = shop.customer(), shop.vendor()
    lamp = shop.item(vendor)
    shop.fill(user, line(lamp, vendor))
    shop.delete(f"/inventory/{lamp}")
    gone = [{"entity": "item", "id": lamp}]
    assert shop.fill(user, line(lamp, vendor)).body["missing"] == gone
    refused = shop.post("/checkout", {"user_id": user})
    assert (refused.status, refused.body["missing"]) == (404, gone)
    assert shop.patch(f"/inventory/{lamp}/stock", {"stock": 1}).status == 404
    assert len(shop.get(f"/cart/{user}").body["cart"]) == 1
    shop.post(f"/inventory/{lamp}/restore")
    assert shop.post("/checkout", {"user_id": user}).status == 200


def test_what_a_deleted_vendor_offers_is_not_listed_nor_sold_until_it_is_restored(
    shop: Shop,
) -> None:
    user, vendor, other = shop.customer(), shop.vendor(), shop.vendor("Other")
    lamp, rug = shop.item(vendor), shop.item(other)
    shop.fill(user, line(lamp, vendor), line(rug, other))
    shop.delete(f"/vendors/{vendor}")
    gone = [{"entity": "vendor", "id": vendor}]
    for path in ("/inventory", "/inventory?category=1", "/inventory?item_name=lamp"):
        assert [each["id"] for each in shop.listed(path)] == [rug]
    assert shop.get(f"/vendors/{vendor}/items").body["missing"] == gone
    assert shop.get(f"/inventory/{lamp}").status == 200
    assert shop.fill(user, line(lamp, vendor)).body["missing"] == gone
    refused = shop.post("/checkout", {"user_id": user})
    assert (refused.status, refused.body["missing"]) == (404, gone)
    body = {"item_name": "Rug", "category": 1, "price": 1}
    assert shop.post(f"/inventory?vendor_id={vendor}", body).status == 404
    shop.post(f"/vendors/{vendor}/restore")
    assert shop.post("/checkout", {"user_id": user}).status == 200


def test_a_cart_is_emptied_once(shop: Shop, client: DynamoDBClient) -> None:
    user, vendor = shop.customer(), shop.vendor()
    shop.fill(user, line(shop.item(vendor), vendor))
    for _ in range(2):
        emptied = shop.ask("DELETE", f"/cart/{user}/")
        assert (emptied.status, emptied.headers["ETag"]) == (204, '"2"')
    assert shop.get(f"/cart/{user}").body == {"user_id": user, "cart": []}
    assert stored(client, f"USER#{user}", "CART")["lines_ever"] == {"N": "1"}
    assert shop.ask("DELETE", "/cart/99").status == 404
    assert shop.ask("DELETE", f"/cart/{shop.customer('b@c')}").headers["ETag"] == '"0"'
