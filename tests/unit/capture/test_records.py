"""How stream records become raw objects."""

from __future__ import annotations

from typing import Any

import pytest

from lambdas.capture.records import entity_of, raw_files, stream_name, utc_day
from tests.capturing import NOON, change, lines


def keys(*records: dict[str, Any]) -> list[str]:
    return [file.key for file in raw_files(records, stream_name)]


def removal(pk: str) -> dict[str, Any]:
    return {"eventID": "r", "eventName": "REMOVE", "dynamodb": {"Keys": {"PK": {"S": pk}}}}


def test_a_batch_makes_one_object_per_entity() -> None:
    found = keys(change(1), change(2, "item"), change(3), change(4, "item"))
    assert [key.rsplit("/", 1)[0] for key in found] == [
        "raw/customer/dt=2026-03-17",
        "raw/item/dt=2026-03-17",
    ]
    assert [key.rsplit("/", 1)[1][:8] for key in found] == ["101-103-", "102-104-"]


def test_the_day_is_that_of_the_objects_first_record() -> None:
    (key,) = keys(change(1, at=NOON + 43_199), change(2, at=NOON + 43_201))
    assert key.startswith("raw/customer/dt=2026-03-17/")


def test_a_record_is_written_whole() -> None:
    record = change(1, photo={"B": "AAEC"}, price={"N": "19.90"}, tags={"SS": ["é", "\ud800"]})
    (file,) = raw_files([record], stream_name)
    assert lines(file.body) == [record]


def test_equal_records_make_equal_bytes_and_other_events_another_name() -> None:
    first, again = (next(raw_files([change(1)], stream_name)) for _ in range(2))
    assert first == again
    other = {**change(1), "eventID": "another shard's"}
    assert keys(other) != keys(change(1))


@pytest.mark.parametrize("pk", ["COUNTER#customer", "UNIQUE#email#a", "IDEMPOTENCY#k"])
def test_bookkeeping_is_left_out_also_when_its_removal_has_no_image(pk: str) -> None:
    assert keys(removal(pk)) == []


def test_what_has_no_known_entity_is_kept_as_unclassified() -> None:
    odd = change(1)
    odd["dynamodb"]["NewImage"]["entity"] = {"S": "../../gold"}
    (key,) = keys(odd, removal("USER#1"))
    assert key.startswith("raw/unclassified/dt=2026-03-17/101-none-")


@pytest.mark.parametrize(
    "image", [None, 7, "text", [], {}, {"entity": None}, {"entity": {"S": ["customer"]}}]
)
def test_an_image_of_any_shape_has_an_entity(image: object) -> None:
    assert entity_of({"dynamodb": {"NewImage": image}}) == "unclassified"


@pytest.mark.parametrize("number", [None, 7, "", "1/2", "٣", "9" * 41])
def test_a_sequence_number_that_no_key_should_hold_is_left_out(number: object) -> None:
    odd = change(1)
    odd["dynamodb"]["SequenceNumber"] = number
    (key,) = keys(odd)
    assert key.startswith("raw/customer/dt=2026-03-17/none-none-")


@pytest.mark.parametrize(
    ("created", "day"),
    [
        (NOON, "2026-03-17"),
        (NOON + 0.5, "2026-03-17"),
        (0, "1970-01-01"),
        (None, "unknown"),
        (True, "unknown"),
        ("2026-03-17", "unknown"),
        (float("nan"), "unknown"),
        (float("inf"), "unknown"),
        (10**30, "unknown"),
    ],
)
def test_the_day_of_any_time_is_a_day_or_unknown(created: object, day: str) -> None:
    assert utc_day(created) == day
