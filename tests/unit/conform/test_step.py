"""A run's cleaned objects become deltas, documents and the items of the publish maps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from lambdas.clean.batch import clean_batch
from lambdas.conform import handler
from lambdas.conform.step import LostRowsError, conform_run
from lambdas.contracts import BY_TABLE, STAR, Kind
from lambdas.lake.documents import ConformedRun, DeltaPart, Manifest, RawObject, TableCounts
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import RunKeys, delta_key
from lambdas.lake.objects import LakeBucket
from lambdas.plan.batches import split
from lambdas.plan.step import plan
from tests.fakes import FakeContext, FakeLake
from tests.stream import customer, raw_object, transaction

if TYPE_CHECKING:
    from lambdas.lake.objects import ObjectStore

RUN = RunKeys("run-1")


def cleaned_run(lake: ObjectStore, objects: list[RawObject]) -> None:
    lake.put(RUN.manifest, Manifest("run-1", "digest", 1, objects).to_json())
    plan(lake, "run-1")
    for batch in split(objects):
        clean_batch(lake, "run-1", batch)


def arrived(lake: FakeLake, *bodies: bytes) -> list[RawObject]:
    objects = []
    for number, body in enumerate(bodies):
        key = f"raw/transaction/dt=2026-03-17/{number:03d}.ndjson.gz"
        lake.put(key, body)
        objects.append(RawObject(key, lake.version_id(key), len(body)))
    return objects


@pytest.fixture
def lake() -> FakeLake:
    return FakeLake()


def items(lake: FakeLake, wave: str) -> list[DeltaPart]:
    return [DeltaPart(**each) for each in json.loads(lake.get(RUN.publish_items(wave)).body)]


def test_every_delta_is_stored_where_and_as_long_as_its_part_says(lake: FakeLake) -> None:
    cleaned_run(lake, arrived(lake, raw_object(customer()), raw_object(transaction())))
    conform_run(lake, "run-1")
    parts = ConformedRun.from_json(lake.get(RUN.conformed).body).deltas
    assert {part.table for part in parts} == {contract.table for contract in STAR} - {"cart"}
    for part in parts:
        assert part.key == delta_key("run-1", part.table, part.partition, part.bucket)
        assert len(lake.get(part.key).body) == part.size


def test_dimensions_and_facts_are_published_apart(lake: FakeLake) -> None:
    cleaned_run(lake, arrived(lake, raw_object(transaction())))
    answer = conform_run(lake, "run-1")
    assert answer == {
        "dimensions": {"key": RUN.publish_items("dimensions"), "count": 5},
        "facts": {"key": RUN.publish_items("facts"), "count": 1},
    }
    assert {BY_TABLE[each.table].kind for each in items(lake, "dimensions")} == {Kind.DIMENSION}
    (sales,) = items(lake, "facts")
    assert (sales.table, sales.partition, sales.rows) == ("sales", "month=2026-03", 2)


def test_rows_of_many_batches_are_brought_together(lake: FakeLake) -> None:
    bodies = [raw_object(customer(1, rev)) for rev in range(1, 31)]
    cleaned_run(lake, arrived(lake, *bodies))
    conform_run(lake, "run-1")
    document = ConformedRun.from_json(lake.get(RUN.conformed).body)
    assert document.counts == {"customer": TableCounts(rows=30, superseded=29)}


def test_a_quiet_run_still_leaves_its_documents(lake: FakeLake) -> None:
    cleaned_run(lake, arrived(lake, b"garbage"))
    answer = conform_run(lake, "run-1")
    assert [each["count"] for each in answer.values()] == [0, 0]
    assert items(lake, "dimensions") == items(lake, "facts") == []
    assert ConformedRun.from_json(lake.get(RUN.conformed).body) == ConformedRun([], {})


def test_conforming_again_changes_not_a_byte(lake: FakeLake) -> None:
    cleaned_run(lake, arrived(lake, raw_object(transaction(), customer()), raw_object(customer(2))))
    conform_run(lake, "run-1")
    before = {key: lake.get(key).body for key in lake.keys("")}  # a store, no dict
    conform_run(lake, "run-1")
    assert {key: lake.get(key).body for key in lake.keys("")} == before


def test_a_batch_that_was_not_cleaned_fails_the_run(lake: FakeLake) -> None:
    cleaned_run(lake, arrived(lake, raw_object(customer())))
    lake.delete(RUN.cleaned(0))
    with pytest.raises(ObjectMissingError):
        conform_run(lake, "run-1")


def test_rows_that_are_lost_on_the_way_fail_the_run(lake: FakeLake) -> None:
    cleaned_run(lake, arrived(lake, raw_object(customer(1), customer(2)), raw_object(customer(3))))
    one, other = lake.keys("cleaned/")
    lake.put(one, lake.get(other).body)
    with pytest.raises(LostRowsError):
        conform_run(lake, "run-1")


def test_the_handler_answers_with_the_items_to_publish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKE_BUCKET", "lake")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    handler._lake.cache_clear()
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        lake = LakeBucket(client, "lake")
        lake.put("raw/transaction/dt=2026-03-17/a", raw_object(transaction()))
        cleaned_run(lake, [RawObject("raw/transaction/dt=2026-03-17/a", "null", 1)])
        answer = handler.handle({"run": "run-1"}, FakeContext())
    handler._lake.cache_clear()
    assert {wave: each["count"] for wave, each in answer.items()} == {"dimensions": 5, "facts": 1}
