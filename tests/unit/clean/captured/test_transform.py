"""Records are held to the contract; what is accepted has exactly the contract's types."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from lambdas.clean.reasons import REASONS
from lambdas.contracts import CONTRACTS, api_version
from lambdas.lake.documents import RecordCounts
from tests.bad_records import BAD_RECORDS
from tests.stream import (
    SOLD_AT,
    Attribute,
    cart,
    changed,
    customer,
    item,
    line,
    number,
    record,
    text,
    transaction,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.clean.captured.transform import Cleaned

    Clean = Callable[..., Cleaned]

NOON = dt.datetime(2026, 3, 17, 10, 0, 0, 123456)  # noqa: DTZ001  # UTC without an offset


def rows(cleaned: Cleaned, entity: str) -> list[dict[str, Any]]:
    (path,) = (each.path for each in cleaned.accepted if each.entity == entity)
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def problems(cleaned: Cleaned) -> dict[int, tuple[str, str]]:
    return {
        row: (rejection.reason.code, rejection.message)
        for row, rejection in cleaned.rejected.items()
    }


def test_accepted_rows_have_the_columns_and_types_of_the_contract(cleaned: Clean) -> None:
    outcome = cleaned(customer(), item(), cart(), transaction())
    for accepted in outcome.accepted:
        contract = next(each for each in CONTRACTS if each.entity == accepted.entity)
        schema = pq.read_schema(accepted.path)
        assert [(field.name, str(field.type)) for field in schema] == [
            (column.name, column.type.value.arrow) for column in contract.stored_columns
        ]
    assert [each.entity for each in outcome.accepted] == [
        "cart",
        "customer",
        "item",
        "transaction_line",
    ]


def test_a_transaction_becomes_its_lines(cleaned: Clean) -> None:
    outcome = cleaned(transaction("t1", lines=2))
    assert outcome.counts == RecordCounts(1, accepted=1)
    assert rows(outcome, "transaction_line")[1] == {
        "transaction_id": "t1",
        "line_no": 2,
        "item_id": 7,
        "customer_id": 5,
        "vendor_id": 3,
        "category_id": 2,
        "date_id": 20260317,
        "unit_price": Decimal("10.50"),
        "qty": 2,
        "total_price": Decimal("21.00"),
        "sold_at": NOON,
        "version": api_version(1),
        "deleted": False,
    }


def test_a_line_without_category_is_general(cleaned: Clean) -> None:
    outcome = cleaned(changed(transaction(), lines={"L": [line(1)]}))
    assert [row["category_id"] for row in rows(outcome, "transaction_line")] == [1]


def test_an_item_without_category_is_general(cleaned: Clean) -> None:
    assert [row["category"] for row in rows(cleaned(changed(item(), category=None)), "item")] == [1]


def test_lines_that_left_a_cart_become_tombstones_of_nothing_but_their_key(cleaned: Clean) -> None:
    found = rows(cleaned(cart(lines=1, ever=3, rev=4)), "cart")
    assert [(row["line_no"], row["deleted"]) for row in found] == [
        (1, False),
        (2, True),
        (3, True),
    ]
    gone = {name for name, value in found[2].items() if value is not None}
    assert gone == {"customer_id", "line_no", "version", "deleted"}
    assert {row["version"] for row in found} == {api_version(4)}


def test_a_cart_that_never_had_lines_has_no_line_1(cleaned: Clean) -> None:
    outcome = cleaned(cart(lines=0, ever=0))
    assert outcome.counts.accepted == 1
    assert [(row["line_no"], row["deleted"]) for row in rows(outcome, "cart")] == [(1, True)]


def test_the_same_state_again_is_a_duplicate_and_another_rev_is_not(cleaned: Clean) -> None:
    stock_moved = changed(item(1, rev=1), stock=number(3))
    outcome = cleaned(item(1, rev=1), item(1, rev=2), item(1, rev=1), stock_moved, item(2, rev=1))
    assert outcome.counts == RecordCounts(5, accepted=3, duplicate=2)
    assert len(rows(outcome, "item")) == 3


def test_a_good_record_is_no_duplicate_of_a_bad_one(cleaned: Clean) -> None:
    outcome = cleaned(customer(1, email=number(5)), customer(1), customer(1))
    assert outcome.counts == RecordCounts(3, accepted=1, quarantined=1, duplicate=1)
    assert list(outcome.rejected) == [1]


def test_removals_are_ignored(cleaned: Clean) -> None:
    assert cleaned(record(None, "REMOVE")).counts == RecordCounts(1, ignored=1)


def test_one_bad_line_rejects_its_transaction_and_no_other(cleaned: Clean) -> None:
    lines = {"L": [line(1), line(2, qty=0, price="1.00"), line(3)]}
    bad = changed(transaction("t2"), lines=lines)
    outcome = cleaned(transaction("t1"), bad, transaction("t3"))
    assert problems(outcome) == {
        2: ("out_of_range", "line 2: qty is outside of the numbers from 1")
    }
    assert {row["transaction_id"] for row in rows(outcome, "transaction_line")} == {"t1", "t3"}


def test_an_object_of_garbage_and_unknown_entities_is_quarantined_line_by_line(
    cleaned: Clean,
) -> None:
    coupon = changed(customer(), entity=text("coupon"))
    outcome = cleaned(b"garbage", coupon, b"\xff", customer())
    assert outcome.counts == RecordCounts(4, accepted=1, quarantined=3)
    assert outcome.reasons == {"malformed_json": 1, "not_utf8": 1, "unknown_entity": 1}


@pytest.mark.parametrize(("bad", "code", "field"), BAD_RECORDS)
def test_a_violation_has_a_reason_that_names_the_field(
    cleaned: Clean, bad: dict[str, Any], code: str, field: str
) -> None:
    outcome = cleaned(bad)
    assert outcome.counts == RecordCounts(1, quarantined=1)
    found, message = problems(outcome)[1]
    assert found == code
    assert field in message


@pytest.mark.parametrize(
    ("spelling", "price"),
    [
        ("12.5", "12.50"),
        ("100", "100.00"),
        ("1E2", "100.00"),
        ("1.2E+2", "120.00"),
        ("100.50", "100.50"),
        ("12.5000", "12.50"),
        ("5E-1", "0.50"),
        ("0", "0.00"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_money_is_exact_in_every_spelling_of_dynamodb(
    cleaned: Clean, spelling: str, price: str
) -> None:
    (row,) = rows(cleaned(item(price=number(spelling))), "item")
    assert row["price"] == Decimal(price)


@pytest.mark.parametrize("spelling", ["120", "1.2E+2", "120.0"])
def test_whole_numbers_are_exact_in_every_spelling(cleaned: Clean, spelling: str) -> None:
    big = 2**60 + 1
    (row,) = rows(cleaned(item(big, category=number(spelling))), "item")
    assert (row["item_id"], row["category"], row["vendor_id"]) == (big, 120, big + 10)


@pytest.mark.parametrize(
    "spelling",
    [SOLD_AT, "2026-03-17T02:00:00.123456-08:00", "2026-03-17 15:30:00.123456+05:30"],
)
def test_times_are_utc_whatever_their_offset(cleaned: Clean, spelling: str) -> None:
    (row,) = rows(cleaned(customer(joined_at=text(spelling))), "customer")
    assert row["joined_at"] == NOON


def test_the_day_of_a_sale_is_the_day_in_utc(cleaned: Clean) -> None:
    outcome = cleaned(transaction(lines=1, sold_at="2026-12-31T20:00:00-08:00"))
    assert rows(outcome, "transaction_line")[0]["date_id"] == 20270101


def test_limits_are_inclusive(cleaned: Clean) -> None:
    outcome = cleaned(
        changed(customer(2**63 - 1), first_name=text("é" * 200)),
        cart(lines=90, ever=90),
        item(price=number("0.00")),
    )
    assert outcome.counts == RecordCounts(3, accepted=3)


def test_a_deleted_member_keeps_what_is_known_of_it(cleaned: Clean) -> None:
    outcome = cleaned(changed(customer(), deleted={"BOOL": True}))
    (row,) = rows(outcome, "customer")
    assert (row["deleted"], row["last_name"]) == (True, "Lovelace")


def test_a_tombstone_needs_nothing_but_its_key(cleaned: Clean) -> None:
    bare = changed(customer(), deleted={"BOOL": True}, email=None, joined_at=None)
    assert cleaned(bare).counts == RecordCounts(1, accepted=1)


def test_texts_go_through_untouched(cleaned: Clean) -> None:
    name = "O'Hara \"\\ \t\n 𝄞 \u200f\u2028 $.x @path 'quoted'"
    (row,) = rows(cleaned(customer(first_name=text(name))), "customer")
    assert row["first_name"] == name


def test_deeply_nested_attributes_do_not_disturb_their_neighbours(cleaned: Clean) -> None:
    deep: Attribute = {"S": "x"}
    for _ in range(200):
        deep = {"M": {"a": deep}}
    assert cleaned(customer(1, odd=deep), customer(2)).counts == RecordCounts(2, accepted=2)


def test_every_check_of_a_contract_has_a_reason() -> None:
    assert {code for contract in CONTRACTS for code in contract.check} <= set(REASONS)
