"""What a request may hold: every violation is named, nothing else is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lambdas.api.errors import InvalidRequestError
from lambdas.api.fields import amount, integer, text
from lambdas.api.models import NewCart, NewCustomer
from lambdas.api.requests import checked
from tests.shop import Shop, line


def violations(model: Any, values: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidRequestError) as refused:
        checked(model, values)
    return {error["field"]: error["message"] for error in refused.value.facts["errors"]}


def test_every_violated_field_is_named_with_what_it_must_be() -> None:
    found = violations(NewCustomer, {"first_name": "", "email": "nobody"})
    assert found == {
        "first_name": "must not be empty",
        "last_name": "is required",
        "email": "must be an e-mail address",
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (7, "must be a string"),
        (None, "must be a string"),
        ("  ", "must not be empty"),
        ("a\u0000b", "must not hold control characters or lone surrogates"),
        ("a\nb", "must not hold control characters or lone surrogates"),
        ("a\ud800b", "must not hold control characters or lone surrogates"),
        ("\u00e9" * 201, "must be at most 400 bytes in UTF-8"),
    ],
)
def test_a_name_is_a_line_of_text_within_the_contracts_bytes(value: Any, message: str) -> None:
    name = {"first_name": value, "last_name": "L", "email": "a@b"}
    assert violations(NewCustomer, name) == {"first_name": message}


def test_text_loses_the_space_around_it_and_may_use_all_its_bytes() -> None:
    assert text(" Ada ", 3) == "Ada"
    assert len(text("\u00e9" * 200, 400)) == 200


@pytest.mark.parametrize("value", [3, "3", Decimal("3.0"), "003"])
def test_an_integer_may_come_as_digits_or_with_nothing_after_the_point(value: Any) -> None:
    assert integer(value, 1, 10) == 3


@pytest.mark.parametrize(
    "value",
    [
        True,
        "",
        "3.0",
        " 3",
        "\u0663",
        Decimal("3.5"),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e999999"),
        -1,
        11,
        "9" * 5000,
        None,
        [],
    ],
)
def test_nothing_else_is_an_integer(value: Any) -> None:
    with pytest.raises(Exception, match="must be"):
        integer(value, 1, 10)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (20, "20.00"),
        ("19.9", "19.90"),
        (Decimal("19.990"), "19.99"),
        (Decimal("-0.0"), "0.00"),
        (Decimal("9999999999999999.99"), "9999999999999999.99"),
    ],
)
def test_money_has_two_places(value: Any, exact: str) -> None:
    assert str(amount(value, 0)) == exact


@pytest.mark.parametrize(
    "value",
    [
        True,
        "1_000",
        "1e3",
        "",
        "NaN",
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        Decimal("0.001"),
        Decimal("1e-999999"),
        Decimal("1e16"),
        Decimal("1e999999"),
        Decimal("1e999999999"),
        Decimal("-1e999999999"),
        "-0.01",
        -1,
        {},
    ],
)
def test_nothing_else_is_money(value: Any) -> None:
    with pytest.raises(Exception, match="must"):
        amount(value, 0)


def test_a_lines_total_is_exactly_quantity_times_price() -> None:
    off_by_a_cent = line(1, 1, 3, "33.33") | {"total_price": "100.00"}
    found = violations(NewCart, {"user_id": 1, "cart": [line(1, 1), off_by_a_cent]})
    assert found == {"cart[1].total_price": "must be qty x unit_price = 99.99"}


def test_a_cart_of_ninety_lines_is_full() -> None:
    full = [line(item_id, 1) for item_id in range(1, 91)]
    assert len(checked(NewCart, {"user_id": "1", "cart": full}).lines()) == 90
    assert violations(NewCart, {"user_id": 1, "cart": [*full, "even nonsense"]}) == {
        "cart": "must be at most 90 lines"
    }


def test_a_cart_that_is_no_list_or_holds_no_objects_is_named() -> None:
    assert violations(NewCart, {"user_id": 1, "cart": "x"}) == {"cart": "must be a list"}
    assert violations(NewCart, {"user_id": 1, "cart": [7]}) == {"cart[0]": "must be a JSON object"}


@pytest.mark.parametrize(
    "body",
    ["", "{", "{'a': 1}", '{"a": 1}}', "[" * 100_000, '{"a": ' + "9" * 5000 + "}", "\ufeff{}"],
)
def test_a_body_that_is_no_json_is_400(shop: Shop, body: str) -> None:
    refused = shop.post("/cart/", body)
    assert refused.status == 400
    assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "7"])
def test_a_body_that_is_no_object_is_422(shop: Shop, body: str) -> None:
    refused = shop.post("/cart/", body)
    assert refused.status == 422
    assert refused.body["errors"] == [{"field": "body", "message": "must be a JSON object"}]


def test_nan_is_refused_by_the_name_of_its_field(shop: Shop) -> None:
    body = '{"item_name": "Lamp", "category": 1, "price": NaN, "stock": -Infinity}'
    refused = shop.post("/inventory/?vendor_id=1", body)
    assert refused.status == 422
    assert [error["field"] for error in refused.body["errors"]] == ["price", "stock"]
