"""Entity tags: what each answer carries, and what If-Match and If-None-Match make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shop import line

if TYPE_CHECKING:
    from tests.shop import Shop

MORE = {"region": "South"}


def test_every_answer_that_shows_an_entity_has_its_tag(shop: Shop) -> None:
    made = shop.post("/vendors/", {"vendor_name": "Samn", "region": "North"})
    assert made.headers["ETag"] == shop.get("/vendors/1").headers["ETag"] == '"1"'
    assert shop.patch("/vendors/1", MORE, '"1"').headers["ETag"] == '"2"'
    user, lamp = shop.customer(), shop.item(1, stock=3)
    assert shop.get(f"/customers/{user}").headers["ETag"] == '"1"'
    assert shop.get(f"/inventory/{lamp}").headers["ETag"] == '"1.0"'
    assert shop.get(f"/cart/{user}").headers["ETag"] == '"0"'
    assert shop.fill(user, line(lamp, 1)).headers["ETag"] == '"1"'
    sold = shop.post("/checkout", {"user_id": user}).body["transaction_id"]
    assert shop.get(f"/transactions/{sold}").headers["ETag"] == '"1"'
    assert shop.get(f"/cart/{user}").headers["ETag"] == '"2"'
    assert shop.get(f"/inventory/{lamp}/stock").headers["ETag"] == '"1.1"'


@pytest.mark.parametrize(
    "if_match", ['"1"', "*", " * ", '"7", "1"', 'W/"1", "1"', ',"1",', '"a,b" , "1"', '"\x80","1"']
)
def test_a_change_is_made_if_one_of_the_tags_named_is_current(shop: Shop, if_match: str) -> None:
    vendor = shop.vendor()
    assert shop.patch(f"/vendors/{vendor}", MORE, if_match).status == 200


@pytest.mark.parametrize("if_match", ['"2"', 'W/"1"', '"1.0"', '""', '"01"', '"7", W/"1"', "", ","])
def test_a_change_of_another_state_is_412_and_tells_the_current_tag(
    shop: Shop, if_match: str
) -> None:
    vendor = shop.vendor()
    refused = shop.patch(f"/vendors/{vendor}", MORE, if_match)
    assert (refused.status, refused.headers["ETag"]) == (412, '"1"')
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.body["type"] == "urn:samns-mercado:problem:precondition-failed"
    assert refused.body["current_etag"] == '"1"'
    assert shop.get(f"/vendors/{vendor}").body["region"] == "North"


@pytest.mark.parametrize("if_match", ["1", '"1" "2"', '"1', 'w/"1"', '*, "1"'])
def test_an_if_match_that_is_none_is_refused_by_name(shop: Shop, if_match: str) -> None:
    refused = shop.patch(f"/vendors/{shop.vendor()}", MORE, if_match)
    assert refused.status == 422
    assert [error["field"] for error in refused.body["errors"]] == ["If-Match"]


@pytest.mark.parametrize("path", ["/customers/1", "/vendors/1", "/inventory/1"])
def test_a_change_must_say_what_it_is_based_on(shop: Shop, path: str) -> None:
    shop.item(shop.vendor())
    shop.customer()
    for reply in (shop.ask("PATCH", path, {}), shop.ask("DELETE", path)):
        assert reply.status == 428
        assert reply.body["type"] == "urn:samns-mercado:problem:precondition-required"
    assert shop.get(path).headers["ETag"].startswith('"1')
    assert shop.ask("PATCH", "/inventory/1/stock", {"stock": 1}).status == 428


def test_what_is_not_there_is_404_whatever_the_condition(shop: Shop) -> None:
    for tag in ("*", '"1"'):
        assert shop.patch("/vendors/9", MORE, tag).status == 404
        assert shop.delete("/vendors/9", tag).status == 404


@pytest.mark.parametrize("known", ['"1"', 'W/"1"', "*", '"7", W/"1"'])
def test_what_the_client_has_already_is_not_sent_again(shop: Shop, known: str) -> None:
    vendor = shop.vendor()
    reply = shop.get(f"/vendors/{vendor}", If_None_Match=known)
    assert (reply.status, reply.body, reply.headers["ETag"]) == (304, {}, '"1"')
    assert shop.ask("HEAD", f"/vendors/{vendor}", If_None_Match=known).status == 304


@pytest.mark.parametrize("known", ['"2"', "", "1", '"1"x'])
def test_what_the_client_does_not_have_is_sent(shop: Shop, known: str) -> None:
    assert shop.get(f"/vendors/{shop.vendor()}", If_None_Match=known).status == 200


def test_a_sale_changes_the_tag_that_is_read_and_fails_no_change_of_the_profile(
    shop: Shop,
) -> None:
    user, vendor = shop.customer(), shop.vendor()
    lamp = shop.item(vendor, stock=3)
    read = shop.get(f"/inventory/{lamp}").headers["ETag"]
    shop.fill(user, line(lamp, vendor))
    shop.post("/checkout", {"user_id": user})
    fresh = shop.get(f"/inventory/{lamp}", If_None_Match=read)
    assert (fresh.status, fresh.body["stock"]) == (200, 2)
    changed = shop.patch(f"/inventory/{lamp}", {"price": "5"}, read)
    assert (changed.status, changed.headers["ETag"], changed.body["stock"]) == (200, '"2.1"', 2)
    assert shop.patch(f"/inventory/{lamp}", {"price": "6"}, read).status == 412


def test_stock_is_set_from_the_stock_that_was_read_whatever_became_of_the_profile(
    shop: Shop,
) -> None:
    user, vendor = shop.customer(), shop.vendor()
    lamp = shop.item(vendor, stock=3)
    path = f"/inventory/{lamp}/stock"
    read = shop.get(path).headers["ETag"]
    shop.patch(f"/inventory/{lamp}", {"price": "5"})
    counted = shop.patch(path, {"stock": 10}, read)
    assert (counted.status, counted.body) == (200, {"id": lamp, "stock": 10})
    assert counted.headers["ETag"] == '"2.1"'
    shop.fill(user, line(lamp, vendor, price="5.00"))
    shop.post("/checkout", {"user_id": user})
    missed = shop.patch(path, {"stock": 10}, counted.headers["ETag"])
    assert (missed.status, missed.headers["ETag"]) == (412, '"2.2"')
    again = shop.patch(path, {"change": 5}, counted.headers["ETag"])
    assert again.status == 412, "the same delivery is not counted twice"
    assert shop.patch(path, {"change": 5}).body["stock"] == 14


def test_a_cart_may_be_written_on_condition(shop: Shop) -> None:
    user, vendor = shop.customer(), shop.vendor()
    cart = {"user_id": user, "cart": [line(shop.item(vendor), vendor)]}
    first = shop.post("/cart", cart, If_Match='"0"')
    assert (first.status, first.headers["ETag"]) == (200, '"1"')
    assert shop.post("/cart", cart, If_Match='"0"').status == 412
    assert shop.ask("DELETE", f"/cart/{user}", If_Match='"0"').status == 412
    assert shop.post("/cart", cart).headers["ETag"] == '"2"'
