"""What is a customer's own goes; what is anybody else's stays as it was, byte by byte."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.api.images import email_key, typed
from lambdas.erase.person import MARK, STUB, Person
from tests.stream import cart, customer, item, item_image, number, record, text, transaction

ADA = Person(
    1, frozenset({"ada1@example.org", "ada@old.example"}), frozenset({("Ada1", "Lovelace")})
)


def line(value: object) -> str:
    return json.dumps(value)


def image_in(redacted: str) -> dict[str, Any]:
    image: dict[str, Any] = json.loads(redacted)["dynamodb"]["NewImage"]
    return image


def test_a_record_of_the_customer_keeps_its_key_its_rev_and_its_shape() -> None:
    before = customer(1, rev=3)
    after = image_in(ADA.redacted(line(before)))
    told = before["dynamodb"]["NewImage"]
    assert after.keys() == told.keys()
    for kept in ("PK", "SK", "entity", "rev", "customer_id", "joined_at"):
        assert after[kept] == told[kept]
    assert {after[name]["S"] for name in ("first_name", "last_name", "email")} == {MARK}


def test_attributes_that_nobody_foresaw_go_too() -> None:
    extra = {
        "name_key": text("ada1#1"),
        "tags": {"L": [text("Ada1")]},
        "photo": {"B": "YWRh"},
    }
    after = image_in(ADA.redacted(line(customer(1, rev=1, **extra))))
    assert after["name_key"] == text(MARK)
    assert after["tags"] == after["photo"] == {"NULL": True}


def test_old_images_and_images_deeper_down_are_emptied_too() -> None:
    change = customer(1, rev=2)
    change["dynamodb"]["OldImage"] = customer(1, rev=1)["dynamodb"]["NewImage"]
    wrapped = {"Records": [change, customer(2)]}
    emptied = json.loads(ADA.redacted(line(wrapped)))
    assert "Ada" not in line(emptied["Records"][0])
    assert emptied["Records"][1] == customer(2)


@pytest.mark.parametrize(
    "record_of_others",
    [
        customer(2),
        customer(11, first_name=text("Ada1"), last_name=text("Lovelace")),
        customer(2, email=text("ada@old.example")),
        item(item_name=text("ada1@example.org")),
        cart(1),
        transaction(),
    ],
    ids=["another", "a namesake", "whose address was hers", "a thing", "her cart", "a sale"],
)
def test_records_of_others_stay_as_they_are(record_of_others: dict[str, Any]) -> None:
    assert ADA.redacted(line(record_of_others)) == line(record_of_others)


def test_an_address_that_is_anothers_now_is_no_hit_in_their_records_but_one_in_a_thing() -> None:
    assert not ADA.holds(customer(2, email=text("ada@old.example")))
    assert ADA.holds(item(item_name=text("ada1@example.org")))


@pytest.mark.parametrize(
    "damaged",
    [
        line(customer(1))[:-20],
        '{"note": "call ADA1@EXAMPLE.ORG"',
        "1;Ada;ada@old.example;x",
        '{"email": "\\u0061da1@example.org", broken',
        line(
            {"dynamodb": {"NewImage": {"entity": text("profile"), "mail": text("ada@old.example")}}}
        ),
    ],
)
def test_a_line_that_is_no_record_goes_whole_if_it_mentions_her(damaged: str) -> None:
    assert ADA.redacted(damaged) == STUB
    assert not ADA.holds(STUB)


def test_a_damaged_line_of_somebody_else_stays() -> None:
    for other in (line(customer(11))[:-20], '{"note": "xada1@example.org"', "Ada Lovelace"):
        assert ADA.redacted(other) == other


def test_redacting_again_changes_nothing() -> None:
    once = ADA.redacted(line(customer(1)))
    assert ADA.redacted(once) == once
    assert not ADA.holds(once)


def test_what_is_kept_cannot_smuggle_an_address() -> None:
    assert ADA.redacted(line(customer(1, joined_at=text("ada1@example.org")))) == STUB


def test_a_record_is_hers_by_either_of_its_keys_however_the_number_is_written() -> None:
    for odd in (
        item_image("customer", "SOMEBODY", "X", 1, customer_id=number("1.0"), email=text("x@y")),
        item_image("profile", "CUSTOMER#1", "X", 1, email=text("x@y")),
        item_image("customer", "X", "X", 1, customer_id=number("1E0"), email=text("x@y")),
    ):
        assert ADA.holds(record(odd))
    big = item_image("customer", "X", "X", 1, customer_id=number("1E99999999"), email=text("x@y"))
    assert not ADA.holds(record(big))


def test_documents_that_quote_her_are_found() -> None:
    quoted = line(customer(1))
    assert ADA.holds({"original": {"text": quoted}})
    assert ADA.holds({"original": {"base64": base64.b64encode(quoted[:-9].encode()).decode()}})
    assert ADA.holds({"payload": json.dumps({"Records": [customer(1)]})})
    assert not ADA.holds({"original": {"text": line(customer(2))}})
    assert not ADA.holds({"run": "r1", "key": "raw/customer/dt=2026-03-17/1-2-abc.ndjson.gz"})


def test_bookkeeping_of_the_api_is_hers_by_owner_or_by_what_it_says() -> None:
    reserved = email_key("ada1@example.org") | typed({"entity": "unique", "owner_id": 1})
    assert ADA.holds(reserved)
    assert not ADA.holds({**reserved, "owner_id": number(2)})
    answer = json.dumps({"id": 1, "email": "ada1@example.org"})
    claim = typed({"PK": "IDEMPOTENCY#a#b", "SK": "IDEMPOTENCY", "answer": answer})
    assert ADA.holds(claim)


def test_every_address_and_name_she_ever_had_is_learned_from_her_records_alone() -> None:
    moved = customer(1, rev=2, email=text("new@example.org"), last_name=text("King"))
    person = Person(1).learned([customer(1), moved, customer(2)])
    assert person.addresses == {"ada1@example.org", "new@example.org"}
    assert person.names == {("Ada1", "Lovelace"), ("Ada2", "King")}
    assert Person.from_dict(1, json.loads(line(person.to_dict()))) == person
    erased = json.loads(ADA.redacted(line(customer(1))))
    assert Person(1).learned(erased) == Person(1)


def test_nesting_without_end_is_searched_as_text() -> None:
    deep = '{"a":' * 900 + '"ada1@example.org"' + "}" * 900
    assert ADA.redacted(deep) == STUB


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_what_says_nothing_of_her_is_never_touched(value: object) -> None:
    assert ADA.redacted(line(value)) == line(value)
    assert not ADA.holds(value)
