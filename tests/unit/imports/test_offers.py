"""Rows -> offers: the model of POST /inventory says what is valid, a rejection what is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lambdas.imports.documents import read_lines
from lambdas.imports.offers import Offer, Rejected, offers
from lambdas.imports.tables import read_csv

HEADER = "sku,item_name,category,price,stock,vendor_id\n"


def judged(*lines: str) -> list[Offer | Rejected]:
    return list(offers(read_csv(HEADER + "\n".join(lines)).rows, vendor_id=7))


def complaint(line: str) -> tuple[str, str]:
    [rejected] = judged(line)
    assert isinstance(rejected, Rejected), rejected
    return rejected.rejection.reason.value, rejected.rejection.sentence


def test_a_row_is_an_offer_as_post_inventory_takes_it() -> None:
    [offer] = judged("A-1, Lamp ,Home,19.99,5,7")
    assert isinstance(offer, Offer)
    new = offer.new
    assert (new.sku, new.item_name, new.category) == ("A-1", "Lamp", "Home")
    assert (new.price, new.stock) == (Decimal("19.99"), 5)


def test_sku_stock_and_vendor_may_be_left_out() -> None:
    [offer] = judged(",Lamp,3,0,,")
    assert isinstance(offer, Offer)
    assert (offer.new.sku, offer.new.stock, offer.new.category) == (None, None, 3)


@pytest.mark.parametrize("price", ['"19,99"', "€19.99", "$5", '"1.234,50"', "12 EUR", "NaN", "1e3"])
def test_a_price_of_another_spelling_is_refused_with_the_one_that_is_taken(price: str) -> None:
    code, sentence = complaint(f",Lamp,Home,{price},,")
    assert code == "invalid_fields"
    assert sentence.startswith("price must be an amount of money: write 1234.50, without currency")


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        (",,Home,1.00,,", "invalid_fields", "item_name is required"),
        (",Lamp,Home,1.005,,", "invalid_fields", "price must have at most 2 decimals"),
        (",Lamp,Home,-1,,", "invalid_fields", "price must be at least 0"),
        (f",Lamp,Home,1.00,{'9' * 24},", "invalid_fields", "stock must be at most 2147483647"),
        (f",Lamp,Home,1.00,{'9' * 99},", "invalid_fields", "stock must be an integer"),
        (",Lamp\0,Home,1.00,,", "invalid_fields", "item_name must not hold control characters"),
        (',"La\nmp",Home,1.00,,', "invalid_fields", "item_name must not hold control characters"),
        (f"{'x' * 101},Lamp,Home,1.00,,", "invalid_fields", "sku must be at most 100 bytes"),
        (",Caf\ufffd,Home,1.00,,", "lost_characters", "item_name holds U+FFFD"),
        (",Lamp,Home,1.00,,8", "foreign_vendor", "vendor_id is not 7"),
    ],
)
def test_what_is_wrong_is_told_by_field(line: str, code: str, says: str) -> None:
    found, sentence = complaint(line)
    assert (found, sentence[: len(says)]) == (code, says)


def test_everything_wrong_with_a_row_is_told_at_once() -> None:
    [rejected] = judged(",,Home,cheap,many,")
    assert isinstance(rejected, Rejected)
    fields = {error["field"] for error in rejected.rejection.errors}
    assert fields == {"item_name", "price", "stock"}


def test_of_rows_with_one_sku_the_first_valid_one_stands() -> None:
    invalid, first, second, other = judged(
        "A,Lamp,Home,cheap,,", "A,Lamp,Home,1.00,,", "A,Lamp,Home,2.00,,", "a,Lamp,Home,3.00,,"
    )
    assert isinstance(invalid, Rejected)
    assert isinstance(first, Offer)
    assert isinstance(second, Rejected)
    assert second.rejection.sentence == "sku is the same as in line 3, which stands"
    assert isinstance(other, Offer)


@pytest.mark.parametrize("price", ["NaN", "Infinity", "1e999999999", "-1e999999999", '"19,99"'])
def test_numbers_of_json_that_are_no_amounts_are_rejected(price: str) -> None:
    line = f'{{"item_name": "Lamp", "category": 1, "price": {price}, "stock": null}}'
    [rejected] = offers(read_lines(line).rows, vendor_id=7)
    assert isinstance(rejected, Rejected)
    assert rejected.rejection.errors[0]["field"] == "price"
