"""Capture loses no event and doubles no object, however often the stream delivers it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.capture.records import is_bookkeeping, raw_files, stream_name
from lambdas.capture.step import put_all
from lambdas.lake.errors import ConflictError
from tests.capturing import change, lines, raw_objects
from tests.fakes import FakeLake

EVENTS = 30
ENTITIES = ["customer", "item", "transaction", "somebody's"]
stream = [change(number, ENTITIES[number * 7 % 4], at=number * 9_000) for number in range(EVENTS)]


@dataclass
class Faults:
    """Refuses or loses the answer of PUTs, as its list says; then nothing goes wrong."""

    plan: list[str]

    def before(self, operation: str, key: str) -> None:
        if operation == "put" and self.plan and self.plan[0] in {"refused", "conflict"}:
            raise OSError(key) if self.plan.pop(0) == "refused" else ConflictError(key)

    def after(self, operation: str, key: str) -> None:
        if operation == "put" and self.plan and self.plan.pop(0) == "answer lost":
            raise OSError(key)


@dataclass
class Shard:
    """Delivers from its position, moves on when a batch succeeds, and may go back (redelivery)."""

    lake: FakeLake
    position: int = 0

    def deliver(self, start: int, size: int) -> None:
        with suppress(OSError, ConflictError):
            batch = stream[start : start + size]
            put_all(raw_files(batch, stream_name), self.lake)
            self.position = max(self.position, start + len(batch))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 6)), max_size=20),
    st.lists(st.sampled_from(["well", "refused", "conflict", "answer lost"]), max_size=25),
)
def test_every_event_is_in_raw_and_equal_batches_make_one_object(
    deliveries: list[tuple[int, int]], plan: list[str]
) -> None:
    faults = Faults(plan)
    shard = Shard(FakeLake(faults.before, faults.after))
    for size, back in deliveries:
        shard.deliver(max(0, shard.position - back), size)
    while shard.position < EVENTS:
        shard.deliver(shard.position, 5)

    found = dict(raw_objects(shard.lake))
    assert {line["eventID"] for each in found.values() for line in each} == {
        event["eventID"] for event in stream
    }
    groups = [tuple(line["eventID"] for line in each) for each in found.values()]
    assert len(groups) == len(set(groups))
    assert all(len(shard.lake.history(key)) == 1 for key in found)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, EVENTS - 1), unique=True, min_size=1))
def test_records_lie_under_their_entity_in_the_order_of_the_stream(numbers: list[int]) -> None:
    lake = FakeLake()
    batch = [stream[number] for number in sorted(numbers)]
    put_all(raw_files(batch, stream_name), lake)
    for key, records in raw_objects(lake):
        folder = key.split("/")[1]
        of_folder = [each for each in batch if _folder(each) == folder]
        assert records == of_folder


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**310)
    | st.floats()
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
odd_dynamodb = st.fixed_dictionaries(
    {},
    optional={
        "ApproximateCreationDateTime": anything,
        "SequenceNumber": anything,
        "Keys": anything | st.fixed_dictionaries({"PK": anything}),
        "NewImage": anything
        | st.fixed_dictionaries({"entity": anything | st.fixed_dictionaries({"S": anything})}),
    },
)
odd_records = anything | st.fixed_dictionaries(
    {}, optional={"eventID": anything, "dynamodb": anything | odd_dynamodb}
)


@settings(max_examples=200, deadline=None)
@given(st.lists(odd_records, max_size=6))
def test_no_record_can_stop_the_stream_and_each_is_kept_as_it_came(records: list[Any]) -> None:
    files = list(raw_files(records, stream_name))
    kept = [line for file in files for line in lines(file.body)]
    assert _bag(kept) == _bag(each for each in records if not is_bookkeeping(each))
    assert files == list(raw_files(records, stream_name))
    for file in files:
        assert file.key.isascii()
        assert file.key.count("/") == 3
        assert file.records == len(lines(file.body))


def _folder(record: dict[str, Any]) -> str:
    entity: str = record["dynamodb"]["NewImage"]["entity"]["S"]
    return "unclassified" if entity == "somebody's" else entity


def _bag(records: Any) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in records)
