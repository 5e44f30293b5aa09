"""Records that are quarantined, with the reason's code and what its sentence names."""

from __future__ import annotations

from typing import Any

from tests.stream import cart, changed, customer, item, line, number, text, transaction

DEAREST = "9999999999999999.99"
BAD_RECORDS: list[tuple[dict[str, Any], str, str]] = [
    (changed(customer(), first_name=None), "missing_field", "first_name"),
    (changed(customer(), first_name=number(5)), "missing_field", "first_name"),
    (changed(customer(), customer_id=None), "missing_field", "customer_id"),
    (changed(customer(), customer_id=text("5")), "missing_field", "customer_id"),
    (customer(customer_id=0), "out_of_range", "customer_id"),
    (customer(customer_id=-1), "out_of_range", "customer_id"),
    (customer(customer_id=2**63), "out_of_range", "customer_id"),
    (changed(customer(), customer_id=number("1.6")), "bad_type", "customer_id"),
    (changed(customer(), customer_id=number("abc")), "bad_type", "customer_id"),
    (changed(customer(), customer_id=number(" 1")), "bad_type", "customer_id"),
    (changed(customer(), customer_id=number("0x1F")), "bad_type", "customer_id"),
    (changed(customer(), customer_id=number("1_000")), "bad_type", "customer_id"),
    (changed(customer(), first_name=text("x" * 401)), "too_long", "first_name"),
    (changed(customer(), first_name=text("é" * 201)), "too_long", "first_name"),
    (changed(customer(), first_name=text("a\0b")), "nul_character", "first_name"),
    (changed(customer(), joined_at=text("2026-02-30T00:00:00Z")), "out_of_range", "joined_at"),
    (changed(customer(), joined_at=text("2026-03-17T24:30:00Z")), "out_of_range", "joined_at"),
    (changed(customer(), joined_at=text("0000-01-01T00:00:00Z")), "out_of_range", "joined_at"),
    (
        changed(customer(), joined_at=text("9999-12-31T23:59:59-08:00")),
        "out_of_range",
        "joined_at",
    ),
    (changed(customer(), joined_at=text("2026-03-17T10:00:00")), "bad_type", "joined_at"),
    (changed(customer(), joined_at=text("17.03.2026")), "bad_type", "joined_at"),
    (changed(customer(), joined_at=text("2026-03-17T10:00:00.1234567Z")), "bad_type", "joined_at"),
    (changed(customer(), rev=None), "bad_version", "rev"),
    (changed(customer(), rev=number(0)), "bad_version", "rev"),
    (changed(customer(), rev=number("1.5")), "bad_version", "rev"),
    (changed(customer(), rev=number(-1)), "bad_version", "rev"),
    (changed(customer(), rev=number(10**30)), "bad_version", "rev"),
    (changed(customer(), deleted=text("true")), "missing_field", "deleted"),
    (changed(item(), price=number("12.345")), "bad_type", "price"),
    (changed(item(), price=number("1E-3")), "bad_type", "price"),
    (changed(item(), price=number("NaN")), "bad_type", "price"),
    (changed(item(), price=number("1" + "0" * 16)), "out_of_range", "price"),
    (changed(item(), price=number("-0.01")), "out_of_range", "price"),
    (changed(transaction(), lines=None), "bad_lines", "lines"),
    (changed(transaction(), lines={"L": []}), "bad_lines", "lines"),
    (changed(transaction(), lines={"L": {"0": line(1)}}), "bad_lines", "lines"),
    (changed(transaction(), lines={"L": [line(1), line(1)]}), "repeated_line", "line_no"),
    (changed(transaction(), lines={"L": [{"S": "x"}]}), "missing_field", "line_no"),
    (
        changed(transaction(), lines={"L": [line(1, total_price=number("20.99"))]}),
        "total_mismatch",
        "total_price = cast(qty as decimal(20, 0)) * unit_price does not hold",
    ),
    (
        changed(transaction(), lines={"L": [line(1, category_id=text("General"))]}),
        "missing_field",
        "category_id",
    ),
    (changed(transaction(), sold_at=text("yesterday")), "bad_type", "sold_at"),
    (
        transaction(sold_at="2009-12-31T23:59:59Z"),
        "out_of_range",
        "date_id is outside of the numbers from 20100101",
    ),
    (
        changed(transaction(), lines={"L": [line(1, 2**31 - 1, DEAREST)]}),
        "out_of_range",
        "total_price",
    ),
    *(
        (
            changed(transaction(), lines={"L": [line(1, qty, DEAREST, total_price=number(1))]}),
            "total_mismatch",
            "total_price",
        )
        for qty in (2, 2**31 - 1)
    ),
    (changed(transaction(), transaction_id=text("")), "missing_field", "transaction_id"),
    (changed(cart(), lines=None), "bad_lines", "lines"),
    (changed(cart(), lines_ever=None), "bad_lines", "lines_ever"),
    (cart(lines=2, ever=1), "bad_lines", "lines_ever"),
    (cart(lines=2, ever=10**9), "bad_lines", "lines_ever"),
    (changed(cart(), updated_at=None), "missing_field", "updated_at"),
]
