"""Money from clients that calculate in binary floating point, as the old platform's do."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from lambdas.api.fields import amount
from lambdas.contracts import MAX_CART_LINES
from tests.fake_table import FakeTable
from tests.shop import Shop, line

QTY = st.integers(1, 90)
CENTS = st.integers(100, 50_000)
"""Prices of 1.00 to 500.00."""


def read(literal: str) -> Any:
    """A JSON value as the API reads it."""
    return json.loads(literal, parse_float=Decimal)


def float_line(qty: int, price: float) -> dict[str, Any]:
    """A line of the old clients: the total is what their multiplication gives."""
    return line(1, 1) | {"qty": qty, "unit_price": price, "total_price": qty * price}


@settings(deadline=None)
@given(bought=st.lists(st.tuples(QTY, CENTS), min_size=1, max_size=MAX_CART_LINES))
def test_a_float_product_is_always_accepted_and_stored_as_the_exact_product(
    bought: list[tuple[int, int]],
) -> None:
    table = FakeTable()
    shop = Shop(table)
    user, vendor = shop.customer(), shop.vendor()
    assert (vendor, shop.item(vendor)) == (1, 1)
    sent = shop.fill(user, *(float_line(qty, cents / 100) for qty, cents in bought))
    assert sent.status == 200, sent.body
    stored = [(each.qty, each.unit_price, each.total_price) for each in table.carts[user].lines]
    exact = [(qty, Decimal(cents).scaleb(-2)) for qty, cents in bought]
    assert stored == [(qty, price, qty * price) for qty, price in exact]


@settings(deadline=None)
@given(qty=QTY, cents=CENTS, thousandths=st.integers(1, 9))
def test_a_third_decimal_of_its_own_is_refused_also_in_a_float_product(
    qty: int, cents: int, thousandths: int
) -> None:
    price = cents / 100 + thousandths / 1000
    for number in (price, qty * price):
        if round(number * 1000) % 10:
            with pytest.raises(PydanticCustomError, match="must have at most 2 decimals"):
                amount(read(json.dumps(number)), 0)


@pytest.mark.parametrize(
    ("literal", "exact"),
    [
        ("7.700000000000001", "7.70"),
        ("99.30000000000001", "99.30"),
        ("2.9699999999999998", "2.97"),
        ("19.989999999999998", "19.99"),
        ("0.30000000000000004", "0.30"),
        ("0.9999999999999999", "1.00"),
        ("7.700000000000001e0", "7.70"),
        ("1000000000.1100001", "1000000000.11"),
    ],
)
def test_a_number_that_misses_an_amount_by_float_error_is_that_amount(
    literal: str, exact: str
) -> None:
    assert str(amount(read(literal), 0)) == exact


@pytest.mark.parametrize(
    "literal",
    [
        "1.005",
        "19.999",
        "7.70000000000001",
        "0.3000000000000002",
        "1000000000.110001",
        "99999999999.110002",
        "9999999999999.998",
        "9999999999999999.999",
        "5e-324",
        "1e-99999999",
        '"7.700000000000001"',
        '"19.999"',
        '"0.001"',
    ],
)
def test_a_number_further_off_and_any_string_with_more_decimals_is_refused(literal: str) -> None:
    with pytest.raises(PydanticCustomError, match="must have at most 2 decimals"):
        amount(read(literal), 0)


def test_float_error_never_lifts_an_amount_over_the_limit() -> None:
    for literal in ("9999999999999999.9999999", "9999999999999999.9999999999999999999"):
        with pytest.raises(PydanticCustomError, match="must"):
            amount(read(literal), 0)


def test_a_total_is_still_quantity_times_price_to_the_cent() -> None:
    shop = Shop(FakeTable())
    off = float_line(7, 1.1) | {"total_price": 7.71}
    refused = shop.fill(shop.customer(), float_line(7, 1.1), off)
    assert refused.status == 422
    assert refused.body["errors"] == [
        {"field": "cart[1].total_price", "message": "must be qty x unit_price = 7.70"}
    ]


def test_a_checkouts_fingerprint_takes_numbers_at_their_word() -> None:
    shop = Shop(FakeTable())
    vendor, user = shop.vendor(), shop.customer()
    shop.fill(user, float_line(3, 33.1) | {"item_id": shop.item(vendor, "33.10")})
    body = f'{{"user_id": {user}, "paid": 99.30000000000001}}'
    first = shop.post("/checkout", body, Idempotency_Key="k")
    assert first.status == 200, first.body
    [order] = shop.sold
    assert order.total_price == Decimal("99.30")
    assert shop.post("/checkout", body, Idempotency_Key="k") == first
    other = body.replace("99.30000000000001", "99.3")
    assert shop.post("/checkout", other, Idempotency_Key="k").status == 422
