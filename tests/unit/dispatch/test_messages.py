"""Which object versions a batch of queue messages announces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdas.dispatch.messages import read_messages
from lambdas.lake.documents import RawObject

KEY = "raw/customer/dt=2026-03-17/1 +é%20.ndjson.gz"
FILE = "raw/shop/dt=2026-03-17/orders.csv"


def created(key: object = KEY, bucket: object = "lake", **entry: Any) -> str:
    """The body of a message: EventBridge's event as S3 sends it."""
    item = {"key": key, "size": 5, "etag": "e", "sequencer": "0A", "version-id": "v1", **entry}
    return json.dumps(
        {
            "source": "aws.s3",
            "detail-type": "Object Created",
            "detail": {"version": "0", "bucket": {"name": bucket}, "object": item},
        }
    )


def message(body: str, number: int = 1, queue: str = "all") -> dict[str, Any]:
    return {"messageId": f"m{number}", "eventSourceARN": queue, "body": body}


@pytest.mark.parametrize(("queue", "keys"), [("changes", [KEY, FILE]), ("all", [FILE])])
def test_a_change_is_taken_from_its_own_queue_alone(queue: str, keys: list[str]) -> None:
    batch = [message(created(key), queue=queue) for key in (KEY, FILE)]
    announced = read_messages(batch, "lake", "changes")
    assert [each.key for each in announced.objects] == keys
    assert announced.rejected == {}


def test_the_key_is_taken_as_it_is_for_eventbridge_does_not_encode_it() -> None:
    announced = read_messages([message(created())], "lake")
    assert announced.objects == [RawObject(KEY, "v1", 5)]
    assert announced.rejected == {}


@pytest.mark.parametrize("version", [None, ""])
def test_an_object_without_a_version_has_the_null_version(version: str | None) -> None:
    announced = read_messages([message(created(**{"version-id": version}))], "lake")
    assert announced.objects == [RawObject(KEY, "null", 5)]


@pytest.mark.parametrize("size", [None, "5", -1, 2.5, True])
def test_a_size_that_is_none_counts_as_zero(size: object) -> None:
    assert read_messages([message(created(size=size))], "lake").objects[0].size == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[" * 100_000,
        "null",
        "[]",
        "{}",
        '{"detail": null}',
        '{"detail": {"bucket": {"name": "lake"}, "object": "text"}}',
        created(bucket="another"),
        created(key="gold/sales/part-0.parquet"),
        created(key=7),
        created(key=""),
        created(key="raw/\ud800"),
        created(**{"version-id": 7}),
        created(**{"version-id": "\udfff"}),
    ],
)
def test_a_message_that_announces_nothing_is_rejected_alone(body: str) -> None:
    batch = [message(created(), 1), message(body, 2), message(created("raw/x"), 3)]
    announced = read_messages(batch, "lake")
    assert [each.key for each in announced.objects] == [KEY, "raw/x"]
    assert announced.rejected.keys() == {"m2"}
