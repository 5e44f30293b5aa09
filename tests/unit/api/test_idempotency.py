"""Idempotency keys at the checkout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.api.idempotency import fingerprint
from tests.fake_table import FakeTable
from tests.shop import TABLE, Reply, Shop, http_event, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from lambdas.api.entities import Cart, Claim
    from tests.shop import FakeClock

HOUR = 3600


@dataclass
class Buyer:
    shop: Shop
    user: int
    vendor: int
    lamp: int

    def fill(self, qty: int = 1) -> None:
        assert self.shop.fill(self.user, line(self.lamp, self.vendor, qty)).status == 200

    def check_out(self, key: str, **more: Any) -> Reply:
        return self.shop.post("/checkout/", {"user_id": self.user} | more, Idempotency_Key=key)


@pytest.fixture
def buyer(shop: Shop) -> Buyer:
    vendor = shop.vendor()
    buyer = Buyer(shop, shop.customer(), vendor, shop.item(vendor))
    buyer.fill()
    return buyer


def test_the_same_request_under_the_same_key_gets_the_first_answer(buyer: Buyer) -> None:
    first = buyer.check_out("k")
    buyer.fill(2)
    again = buyer.check_out("k")
    assert again == first
    assert len(buyer.shop.sold) == 1
    assert buyer.shop.get(f"/cart/{buyer.user}").body["cart"][0]["qty"] == 2


def test_the_user_as_digits_and_another_order_of_fields_are_the_same_request(buyer: Buyer) -> None:
    first = buyer.check_out("k", note="x")
    body = f'{{"note": "x",  "user_id": "{buyer.user}"}}'
    assert buyer.shop.post("/checkout", body, Idempotency_Key="k") == first


def test_another_request_under_the_same_key_is_422(buyer: Buyer) -> None:
    buyer.check_out("k")
    refused = buyer.check_out("k", note="other")
    assert refused.status == 422
    assert refused.body["type"] == "urn:samns-mercado:problem:key-reused"


def test_another_key_is_another_order(buyer: Buyer) -> None:
    first = buyer.check_out("k")
    buyer.fill()
    assert buyer.check_out("l").body["transaction_id"] != first.body["transaction_id"]


def test_a_key_belongs_to_its_caller(buyer: Buyer) -> None:
    buyer.check_out("k")
    other = buyer.shop.customer("grace@example.com")
    buyer.shop.fill(other, line(buyer.lamp, buyer.vendor))
    done = buyer.shop.post("/checkout/", {"user_id": other}, Idempotency_Key="k")
    assert done.status == 200
    assert len(buyer.shop.sold) == 2


def test_a_key_is_free_again_after_a_day_although_its_record_is_still_there(
    buyer: Buyer, clock: FakeClock
) -> None:
    first = buyer.check_out("k")
    buyer.fill()
    clock.sleep(24 * HOUR - 1)
    assert buyer.check_out("k") == first
    clock.sleep(1)
    assert buyer.check_out("k", note="other").body["transaction_id"] != first.body["transaction_id"]


def test_the_record_carries_what_ttl_needs_and_is_kept_from_the_pipeline(
    buyer: Buyer, client: DynamoDBClient, clock: FakeClock
) -> None:
    buyer.check_out("k")
    images = client.scan(TableName=TABLE)["Items"]
    record = next(i for i in images if i["PK"]["S"].startswith("IDEMPOTENCY#"))
    assert record["entity"] == {"S": "idempotency"}
    assert record["expires_at"] == {"N": str(int(clock().timestamp()) + 24 * HOUR)}


def test_a_refused_checkout_leaves_the_key_free(buyer: Buyer) -> None:
    buyer.shop.fill(buyer.user)
    assert buyer.check_out("k").status == 404
    buyer.fill()
    assert buyer.check_out("k").status == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "a\tb"])
def test_a_key_is_1_to_255_printable_characters(buyer: Buyer, key: str) -> None:
    refused = buyer.check_out(key)
    assert refused.status == 422
    assert refused.body["errors"][0]["field"] == "Idempotency-Key"
    assert buyer.shop.sold == []


def test_the_longest_key_and_one_with_commas_and_hashes_work(buyer: Buyer) -> None:
    for key in ("x" * 255, "a,b#c d"):
        first = buyer.check_out(key)
        assert first.status == 200
        assert buyer.check_out(key) == first
        buyer.fill()


def test_the_header_is_known_in_any_case_of_letters(buyer: Buyer) -> None:
    event = http_event("POST", "/checkout", {"user_id": buyer.user})
    first = buyer.shop.send(event | {"headers": {"IDEMPOTENCY-key": "k"}})
    assert buyer.check_out("k") == first
    assert buyer.shop.send(event | {"headers": None}).status == 404


def test_a_body_cannot_pass_for_the_header(buyer: Buyer) -> None:
    body = {"user_id": buyer.user, "Idempotency-Key": "k", "idempotency_key": "k"}
    assert buyer.shop.send(http_event("POST", "/checkout", body)).status == 200
    assert buyer.check_out("k").status == 404


class RivalAfterTheFirstRead(FakeTable):
    """As soon as a checkout has read one thing, an identical request is served whole."""

    def __init__(self) -> None:
        super().__init__()
        self.rival: Callable[[], Reply] | None = None
        self.replies: list[Reply] = []

    def cart(self, customer_id: int) -> Cart | None:
        read = super().cart(customer_id)
        self._meet()
        return read

    def claim(self, scope: str, key: str) -> Claim | None:
        read = super().claim(scope, key)
        self._meet()
        return read

    def _meet(self) -> None:
        rival, self.rival = self.rival, None
        if rival:
            self.replies.append(rival())


def test_two_identical_requests_at_once_get_one_answer() -> None:
    table = RivalAfterTheFirstRead()
    shop = Shop(table)
    vendor = shop.vendor()
    buyer = Buyer(shop, shop.customer(), vendor, shop.item(vendor))
    buyer.fill()
    table.rival = partial(buyer.check_out, "k")
    late = buyer.check_out("k")
    assert late.status == 200
    assert table.replies == [late]
    assert len(table.sales) == 1


def test_fingerprints_tell_requests_apart_by_operation_and_value() -> None:
    prints = {
        fingerprint("POST /checkout", {"user_id": 1}),
        fingerprint("POST /checkout", {"user_id": "1"}),
        fingerprint("POST /checkout", {"user_id": 1, "note": "\ud800"}),
        fingerprint("POST /cart", {"user_id": 1}),
    }
    assert len(prints) == 4
