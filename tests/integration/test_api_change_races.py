"""Races of changes over the emulator's DynamoDB: of all who start from one state, one wins."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.api.images import cart_from, customer_from, item_from, order_from
from tests.integration.operational_table import THREADS, dynamodb, open_shop, stored
from tests.shop import Reply, Shop, in_threads, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.integration.emulator import Emulator

WRITERS = 20


@pytest.fixture(scope="module")
def client(emulator: Emulator) -> DynamoDBClient:
    return dynamodb(emulator)


@pytest.fixture
def shop(client: DynamoDBClient) -> Shop:
    return open_shop(client)


def statuses(replies: list[Reply]) -> Counter[int]:
    return Counter(reply.status for reply in replies)


def test_of_all_changes_of_one_rev_one_is_made_and_the_others_learn_the_new_tag(
    shop: Shop,
) -> None:
    vendor = shop.vendor()
    for rev in (1, 2):
        replies = in_threads(
            [
                partial(shop.patch, f"/vendors/{vendor}", {"region": f"{rev}-{n}"}, f'"{rev}"')
                for n in range(WRITERS)
            ]
        )
        assert statuses(replies) == {200: 1, 412: WRITERS - 1}
        [won] = [reply for reply in replies if reply.status == 200]
        assert {reply.headers["ETag"] for reply in replies} == {f'"{rev + 1}"'}
        assert shop.get(f"/vendors/{vendor}").body == won.body


def test_changes_of_any_state_are_all_made_one_after_the_other(shop: Shop) -> None:
    lamp = shop.item(shop.vendor(), stock=0)
    prices = in_threads(
        [partial(shop.patch, f"/inventory/{lamp}", {"price": n + 1}) for n in range(WRITERS)]
    )
    more = in_threads([partial(shop.patch, f"/inventory/{lamp}/stock", {"change": 1})] * WRITERS)
    assert statuses(prices) == statuses(more) == {200: WRITERS}
    assert {reply.headers["ETag"] for reply in prices} == {f'"{2 + n}.0"' for n in range(WRITERS)}
    [item] = stored(shop, "item", item_from)
    assert (item.stock, item.tag) == (WRITERS, f"{1 + WRITERS}.{WRITERS}")


def test_one_address_that_many_move_to_is_one_customers_and_theirs_are_free_for_others(
    shop: Shop,
) -> None:
    users = [shop.customer(f"{number}@example.com") for number in range(WRITERS)]
    wanted = {"email": "Wanted@example.com"}
    replies = in_threads([partial(shop.patch, f"/customers/{user}", wanted) for user in users])
    assert statuses(replies) == {200: 1, 409: WRITERS - 1}
    [winner] = [reply.body["id"] for reply in replies if reply.status == 200]
    assert [each["id"] for each in shop.listed("/customers?email=wanted@EXAMPLE.com")] == [winner]
    left = f"{users.index(winner)}@example.com"
    body = {"first_name": "Eve", "last_name": "L", "email": left}
    again = in_threads([partial(shop.post, "/customers/", body)] * WRITERS)
    assert statuses(again) == {201: 1, 409: WRITERS - 1}
    addresses = [customer.email.casefold() for customer in stored(shop, "customer", customer_from)]
    assert len(addresses) == len(set(addresses)) == WRITERS + 1


def test_an_item_is_not_sold_once_it_is_deleted(shop: Shop) -> None:
    vendor = shop.vendor()
    lamp = shop.item(vendor, stock=THREADS)
    users = [shop.customer(f"buyer{number}@example.com") for number in range(THREADS)]
    for user in users:
        shop.fill(user, line(lamp, vendor))
    buy = [partial(shop.post, "/checkout/", {"user_id": user}) for user in users]
    middle = THREADS // 2
    calls = [*buy[:middle], partial(shop.delete, f"/inventory/{lamp}"), *buy[middle:]]
    *_, deleted = sorted(in_threads(calls), key=lambda reply: reply.status == 204)
    assert deleted.status == 204
    sold = stored(shop, "transaction", order_from)
    [item] = stored(shop, "item", item_from)
    assert (item.deleted, item.rev, item.stock) == (True, 2, THREADS - len(sold))
    assert deleted.headers["ETag"].startswith('"2.')
    kept = [cart for cart in stored(shop, "cart", cart_from) if cart.lines]
    assert len(kept) == THREADS - len(sold)


def test_a_customer_who_is_deleted_while_buying_has_bought_before_or_not_at_all(
    shop: Shop,
) -> None:
    vendor = shop.vendor()
    lamp = shop.item(vendor)
    for number in range(5):
        user = shop.customer(f"{number}@example.com")
        shop.fill(user, line(lamp, vendor))
        calls = [
            partial(shop.post, "/checkout/", {"user_id": user}),
            partial(shop.fill, user, line(lamp, vendor, 2)),
            partial(shop.delete, f"/customers/{user}"),
            partial(shop.post, "/checkout/", {"user_id": user}),
        ]
        replies = in_threads(calls)
        assert replies[2].status == 204
        assert shop.get(f"/cart/{user}").status == 404
        sold = [
            each for each in stored(shop, "transaction", order_from) if each.customer_id == user
        ]
        assert len(sold) == sum(reply.status == 200 for reply in (replies[0], replies[3]))
        [cart] = [each for each in stored(shop, "cart", cart_from) if each.customer_id == user]
        assert cart.lines == ()


def test_deleting_and_restoring_at_once_leaves_one_of_both_and_every_rev_once(shop: Shop) -> None:
    user = shop.customer()
    calls = [
        partial(shop.delete, f"/customers/{user}"),
        partial(shop.post, f"/customers/{user}/restore"),
    ] * (WRITERS // 2)
    replies = in_threads(calls)
    assert set(statuses(replies)) <= {200, 204, 404}
    [customer] = stored(shop, "customer", customer_from)
    deletions = [reply.headers["ETag"] for reply in replies if reply.status == 204]
    assert len(set(deletions)) == len(deletions) > 0
    assert customer.rev == 2 * len(deletions) + (0 if customer.deleted else 1)
    assert shop.post(f"/customers/{user}/restore").status == 200
    assert [each["id"] for each in shop.listed("/customers?email=ada@example.com")] == [user]


def test_restoring_at_once_raises_the_rev_once(shop: Shop) -> None:
    lamp = shop.item(shop.vendor())
    shop.delete(f"/inventory/{lamp}")
    replies = in_threads([partial(shop.post, f"/inventory/{lamp}/restore")] * WRITERS)
    assert statuses(replies) == {200: WRITERS}
    assert {reply.headers["ETag"] for reply in replies} == {'"3.0"'}


def test_lists_are_whole_while_entities_come_in(shop: Shop) -> None:
    vendor = shop.vendor()
    known = {shop.item(vendor, name=f"Lamp {number}") for number in range(9)}
    calls: list[Callable[[], Any]] = [
        partial(shop.item, vendor, name=f"Lamp {number}b") for number in range(9)
    ]
    calls += [partial(shop.listed, f"/vendors/{vendor}/items?item_name=LAMP", 4)] * 3
    answers = in_threads(calls)
    for listed in answers[-3:]:
        ids = [each["id"] for each in listed]
        assert len(ids) == len(set(ids))
        assert known <= set(ids)
    assert len(shop.listed("/inventory?category=1", 100)) == 18
