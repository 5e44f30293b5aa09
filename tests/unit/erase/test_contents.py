"""Objects of every kind are looked into; a raw object loses the person and nothing else."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from lambdas.contracts import BY_TABLE
from lambdas.erase.contents import learned, look, without
from lambdas.erase.person import MARK, STUB, Person
from tests.publishing import parquet, quick_render, row, table
from tests.stream import cart, customer, number, raw_object, text

ADA = Person(1, frozenset({"ada1@example.org"}), frozenset({("Ada1", "Lovelace")}))
CUSTOMER, INVENTORY = BY_TABLE["customer"], BY_TABLE["inventory"]
NOBODY = dict.fromkeys(("first_name", "last_name", "email"))


def unpacked(body: bytes) -> list[bytes]:
    return gzip.decompress(body).split(b"\n")


def test_others_in_the_same_object_keep_their_bytes_and_their_rows() -> None:
    odd = b'{ "spaced":  "J\xc3\xb6rg" }\r'
    latin = "Stra\xdfe".encode("latin-1")
    body = raw_object(customer(2), customer(1), odd, b"", latin, customer(11))
    after = without(ADA, body)
    before, now = unpacked(body), unpacked(after)
    assert [n for n, each in enumerate(now) if each != before[n]] == [1]
    assert len(now) == len(before)
    assert look(ADA, body).holds
    assert not look(ADA, after).holds


def test_an_object_without_her_is_the_same_bytes() -> None:
    body = raw_object(customer(2), cart(1))
    assert without(ADA, body) is body


def test_the_stage_before_the_last_touches_no_record_that_can_be_read() -> None:
    body = raw_object(customer(1), b"ada1@example.org;x")
    after = without(ADA, body, records=False)
    assert unpacked(after)[0] == unpacked(body)[0]
    assert unpacked(after)[1] == STUB.encode()


def test_a_line_of_bytes_that_are_no_utf8_is_hers_if_it_mentions_her() -> None:
    person = Person(1, frozenset({"j\xf6rg@example.org"}))
    body = "1;J\xf6rg;j\xf6rg@example.org\n".encode("latin-1")
    assert look(person, body).holds
    assert without(person, body) == STUB.encode() + b"\n"


def test_an_address_beyond_latin_1_is_found_in_text_of_cp1252() -> None:
    person = Person(1, frozenset({"\u0161ime@example.org"}))
    assert look(person, "1;\u0160ime@example.org\n".encode("cp1252")).holds
    assert not look(person, "1;\u0160imen@example.org\n".encode("cp1252")).holds


def test_a_quarantined_record_in_utf_16_is_hers() -> None:
    original = base64.b64encode("1;ada1@example.org".encode("utf-16")).decode()
    assert look(ADA, raw_object({"original": {"base64": original}})).holds


def test_a_damaged_object_is_searched_as_far_as_it_goes_and_says_so() -> None:
    body = raw_object(*(customer(n) for n in range(1, 200)))
    cut = body[: len(body) // 2]
    found = look(ADA, cut)
    assert found.holds
    assert found.opaque
    assert not look(ADA, without(ADA, cut)).holds
    assert look(ADA, b"\x1f\x8b and then ada1@example.org").holds


@pytest.mark.parametrize(
    ("values", "holds"),
    [({}, True), (NOBODY, False), (dict.fromkeys(NOBODY, MARK), False)],
)
def test_rows_of_the_customer_hold_her_unless_they_are_empty(
    values: dict[str, str | None], holds: bool
) -> None:
    own = {**row(CUSTOMER, 1, 1), **values}
    body = quick_render(table(CUSTOMER, [own, row(CUSTOMER, 2, 1)]), 3)
    assert look(ADA, body).holds is holds


def test_rows_of_other_customers_are_theirs_whatever_they_say() -> None:
    reused = {**row(CUSTOMER, 2, 1), "email": "ada1@example.org"}
    assert not look(ADA, quick_render(table(CUSTOMER, [reused]), 1)).holds


def test_other_tables_hold_her_if_a_text_mentions_her() -> None:
    thing = row(INVENTORY, 1, 1)
    assert not look(ADA, quick_render(table(INVENTORY, [thing]), 1)).holds
    called = {**thing, "item_name": "ask ada1@example.org"}
    assert look(ADA, quick_render(table(INVENTORY, [called]), 1)).holds
    assert look(ADA, parquet(customer_id=["1"], note=["Called Lovelace, Ada1"])).holds
    assert not look(ADA, parquet(customer_id=[2], note=["Called Lovelace, Ada1"])).holds
    assert look(ADA, parquet(tags=[["x", "ada1@example.org"]])).holds


def test_what_only_looks_like_parquet_is_searched_as_bytes() -> None:
    found = look(ADA, b"PAR1 and ada1@example.org")
    assert found.holds
    assert found.opaque


def test_a_raw_object_tells_her_addresses_and_the_highest_rev() -> None:
    absurd = customer(1, rev=2, rev_of=number(9))
    absurd["dynamodb"]["NewImage"]["rev"] = number("9" * 30)
    body = raw_object(
        customer(1, rev=4, email=text("a@b.example")), customer(2, rev=9), absurd, b"\xff{"
    )
    person, rev = learned(Person(1), body)
    assert person.addresses == {"a@b.example", "ada1@example.org"}
    assert rev == 4


def test_a_quarantine_object_holds_whom_it_quotes() -> None:
    entry = {"code": "missing_field", "original": {"text": json.dumps(customer(1))}}
    assert look(ADA, raw_object(entry)).holds
    assert not look(Person(2), raw_object(entry)).holds


@pytest.mark.parametrize("name", ["payment", "review", "interaction", "loyalty_entry"])
def test_rows_that_name_her_by_id_alone_do_not_say_who_she_is(name: str) -> None:
    contract = BY_TABLE[name]
    rows = [{**row(contract, key, 1), "customer_id": key} for key in (1, 2)]
    assert not look(ADA, quick_render(table(contract, rows), 1)).holds
    nobody = [{**each, "customer_id": None} for each in rows]
    assert not look(ADA, quick_render(table(contract, nobody), 1)).holds


def test_a_word_of_hers_in_a_row_of_any_table_is_found() -> None:
    payment = BY_TABLE["payment"]
    typed = {**row(payment, 1, 1), "customer_id": 1, "method": "card of Lovelace, Ada1"}
    assert look(ADA, quick_render(table(payment, [typed]), 1)).holds
    coupon = BY_TABLE["coupon"]
    called = {**row(coupon, 1, 1), "coupon_code": "for ada1@example.org"}
    assert look(ADA, quick_render(table(coupon, [called]), 1)).holds
