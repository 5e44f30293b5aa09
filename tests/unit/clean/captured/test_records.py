"""A line is a stream record with an image, or it is rejected for a reason that can be acted on."""

from __future__ import annotations

import json

import pytest

from lambdas.clean.captured.records import read_record
from lambdas.clean.reasons import Reason, RejectedError
from tests.stream import Attribute, customer, line_of, number, record, text


def reason_of(data: bytes) -> tuple[Reason, str]:
    with pytest.raises(RejectedError) as caught:
        read_record(data)
    return caught.value.rejection.reason, caught.value.rejection.message


def spelled(**attributes: object) -> dict[str, object]:
    found = read_record(line_of(customer(**attributes)))  # type: ignore[arg-type]  # odd on purpose
    assert found
    image: dict[str, object] = json.loads(found.image)
    return image


def test_a_record_carries_its_entity_its_identity_and_its_image() -> None:
    found = read_record(line_of(customer(7)))
    assert found
    assert (found.entity, found.identity) == ("customer", "CUSTOMER#7|CUSTOMER")
    assert json.loads(found.image) == customer(7)["dynamodb"]["NewImage"]


def test_a_removal_is_ignored() -> None:
    assert read_record(line_of(record(None, event="REMOVE"))) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", Reason.MALFORMED_JSON),
        (b"[1]", Reason.MALFORMED_JSON),
        (b"7", Reason.MALFORMED_JSON),
        (b'{"dynamodb": {"NewImage": {"n": NaN}}}', Reason.MALFORMED_JSON),
        (b"[" * 100_000, Reason.MALFORMED_JSON),
        (b"1" * 5000, Reason.MALFORMED_JSON),
        (b'{"a": "\xff"}', Reason.NOT_UTF8),
        (b'{"a": "\xed\xa0\x80"}', Reason.NOT_UTF8),
        (line_of(customer(first_name=text("\ud800"))), Reason.NOT_UTF8),
        (line_of(customer(odd={"N": float("inf")})), Reason.MALFORMED_JSON),
        (b'{"dynamodb":{"NewImage":{"entity":{"S":"x"},"PK":{"S":"x"},"SK":{"S":"x"},"n":1e999}}}',
         Reason.MALFORMED_JSON),
        (b"{}", Reason.MISSING_FIELD),
        (b'{"dynamodb": 5}', Reason.MISSING_FIELD),
        (b'{"dynamodb": {"NewImage": [1]}}', Reason.BAD_TYPE),
    ],
)  # fmt: skip
def test_what_is_no_stream_record_is_rejected(data: bytes, reason: Reason) -> None:
    assert reason_of(data)[0] is reason


@pytest.mark.parametrize("name", ["entity", "PK", "SK"])
@pytest.mark.parametrize("attribute", [{"N": "1"}, {"S": ""}, {"S": None}, "customer", None])
def test_an_image_without_its_technical_attributes_is_rejected_by_name(
    name: str, attribute: object
) -> None:
    changes = {name: attribute}
    reason, message = reason_of(line_of(customer(**changes)))  # type: ignore[arg-type]  # odd on purpose
    assert reason is Reason.MISSING_FIELD
    assert message.startswith(f"{name} is missing")


@pytest.mark.parametrize("kind", ["S", "N"])
@pytest.mark.parametrize("value", [["a"], {"a": 1}, 5, True, None])
def test_a_text_or_number_that_is_no_json_string_is_rejected_by_its_path(
    kind: str, value: object
) -> None:
    places: dict[str, Attribute] = {
        "odd": {kind: value},
        "odd[1]": {"L": [text("x"), {kind: value}]},
        "odd[0].M": {"L": [{"M": {"M": {kind: value}}}]},
    }
    for path, attribute in places.items():
        message = f"{path} is not a JSON string under {kind}"
        assert reason_of(line_of(customer(odd=attribute))) == (Reason.BAD_TYPE, message)


def test_other_types_and_members_named_like_types_are_what_they_are() -> None:
    odd = {"M": {"S": {"BOOL": True}, "N": {"NULL": True}, "L": {"SS": ["a"]}}}
    assert spelled(odd=odd)["odd"] == odd


@pytest.mark.parametrize(
    ("number_", "plain"),
    [
        ("1.2E+2", "120"),
        ("1E2", "100"),
        ("1.050e1", "10.50"),
        ("5E-1", "0.5"),
        ("-0E3", "-0"),
        ("1E-500", "1E-500"),
        ("1E500", "1E500"),
        ("1E", "1E"),
        ("100.50", "100.50"),
    ],
)
def test_numbers_lose_their_exponent_but_not_their_value(number_: str, plain: str) -> None:
    nested = {"L": [{"M": {"N": number(number_), "text": text('"N":"1E2"')}}]}
    image = spelled(price=number(number_), lines=nested)
    assert image["price"] == {"N": plain}
    assert image["lines"] == {"L": [{"M": {"N": {"N": plain}, "text": {"S": '"N":"1E2"'}}}]}
