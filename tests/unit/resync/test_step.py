"""Resync: the table as it is, in the shape of the stream."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from lambdas.resync.records import record_of
from lambdas.resync.step import Page, Position, ResyncRequestError, resync
from tests.capturing import NOON, raw_objects
from tests.dispatching import always
from tests.fakes import FakeLake


def item(number: int, entity: str = "customer") -> dict[str, Any]:
    return {
        "PK": {"S": f"{entity.upper()}#{number}"},
        "SK": {"S": entity.upper()},
        "entity": {"S": entity},
        "rev": {"N": "3"},
    }


@dataclass
class FakeTable:
    """Two items a page; segment n of m has every m-th item."""

    items: list[dict[str, Any]]

    def page(self, start_key: dict[str, Any] | None, segment: int, segments: int) -> Page:
        mine = self.items[segment::segments]
        start = next((n + 1 for n, each in enumerate(mine) if each["PK"] == start_key), 0)
        page = mine[start : start + 2]
        return Page(page, page[-1]["PK"] if start + 2 < len(mine) else None)


def never() -> bool:
    return False


def resync_fully(table: FakeTable, lake: FakeLake, event: dict[str, Any]) -> int:
    """Calls again with each continuation, as JSON, until there is none; returns the calls."""
    answer: dict[str, Any] = {"next": event}
    calls = 0
    while answer["next"] is not None:
        position = Position.from_event(json.loads(json.dumps(answer["next"])), NOON)
        answer = resync(position, table, lake, never).answer()
        calls += 1
    return calls


def keys_in(lake: FakeLake) -> list[str]:
    return sorted(
        line["dynamodb"]["Keys"]["PK"]["S"] for _, records in raw_objects(lake) for line in records
    )


def test_every_item_is_in_raw_once_even_if_each_page_takes_a_call_of_its_own() -> None:
    table, lake = FakeTable([item(number) for number in range(7)]), FakeLake()
    assert resync_fully(table, lake, {"id": "repair"}) == 4
    assert keys_in(lake) == [f"CUSTOMER#{number}" for number in range(7)]
    pages = [key.split("-")[4] for key in lake.keys("raw/")]
    assert pages == ["000.000000", "000.000001", "000.000002", "000.000003"]


def test_segments_side_by_side_make_the_same_records() -> None:
    table, lake = FakeTable([item(number) for number in range(11)]), FakeLake()
    for segment in range(3):
        resync_fully(table, lake, {"id": "repair", "segment": segment, "segments": 3})
    assert keys_in(lake) == sorted(f"CUSTOMER#{number}" for number in range(11))


def test_a_call_repeated_changes_nothing() -> None:
    table, lake = FakeTable([item(1), item(2, "cart"), item(3)]), FakeLake()
    position = Position("repair", NOON)
    first = resync(position, table, lake, always)
    again = resync(position, table, lake, always)
    assert (first.captured.repeated, again.captured.repeated) == (0, again.captured.objects)
    assert all(len(lake.history(key)) == 1 for key, _ in raw_objects(lake))


def test_a_dry_run_stays_one_in_all_its_parts() -> None:
    lake = FakeLake()
    calls = resync_fully(FakeTable([item(n) for n in range(5)]), lake, {"dry_run": True})
    assert (calls, list(lake.keys("raw/"))) == (3, [])


def test_a_page_that_changed_between_two_calls_is_written_beside_the_first() -> None:
    lake, position = FakeLake(), Position("repair", NOON)
    resync(position, FakeTable([item(1)]), lake, always)
    resync(position, FakeTable([{**item(1), "rev": {"N": "4"}}]), lake, always)
    revs = [line["dynamodb"]["NewImage"]["rev"] for _, lines in raw_objects(lake) for line in lines]
    assert sorted(rev["N"] for rev in revs) == ["3", "4"]


def test_bookkeeping_is_left_out() -> None:
    lake = FakeLake()
    resync(Position("repair", NOON), FakeTable([item(1), item(2, "counter")]), lake, always)
    assert keys_in(lake) == ["CUSTOMER#1"]


def test_objects_are_named_by_resync_and_page_and_filed_under_its_day() -> None:
    lake = FakeLake()
    resync(Position("repair", NOON), FakeTable([item(1)]), lake, always)
    ((key, (line,)),) = raw_objects(lake)
    assert key.startswith("raw/customer/dt=2026-03-17/resync-repair-000.000000-")
    assert line == {
        "eventName": "RESYNC",
        "dynamodb": {
            "ApproximateCreationDateTime": NOON,
            "Keys": {"PK": {"S": "CUSTOMER#1"}, "SK": {"S": "CUSTOMER"}},
            "NewImage": item(1),
        },
    }


def test_binary_values_are_base64_alone_in_sets_and_deep_inside() -> None:
    image = {
        **item(1),
        "b": {"B": b"\x00\x01"},
        "bs": {"BS": [b"a", b"b"]},
        "m": {"M": {"l": {"L": [{"B": b"\xff"}, {"NULL": True}]}}},
    }
    seen = record_of(image, NOON)["dynamodb"]["NewImage"]
    assert seen["b"] == {"B": "AAE="}
    assert seen["bs"] == {"BS": ["YQ==", "Yg=="]}
    assert seen["m"] == {"M": {"l": {"L": [{"B": "/w=="}, {"NULL": True}]}}}


@pytest.mark.parametrize("event", [{"id": "a/b"}, {"id": ""}, {"segment": 2, "segments": 2}])
def test_a_request_that_cannot_be_done_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(ResyncRequestError):
        Position.from_event(event, NOON)


def test_a_continuation_keeps_the_identity_of_its_resync() -> None:
    position = Position.from_event({}, NOON)
    assert Position.from_event(asdict(position), NOON + 900) == position
