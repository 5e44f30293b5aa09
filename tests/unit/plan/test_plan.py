"""Plan splits a run's objects into batches that one invocation of clean can take."""

from __future__ import annotations

import json

from lambdas.lake.documents import CleanBatch, Manifest, RawObject
from lambdas.lake.layout import RunKeys
from lambdas.plan.batches import MAX_BYTES, MAX_OBJECTS, split
from lambdas.plan.step import plan
from tests.dispatching import PAYLOAD_LIMIT
from tests.fakes import KEY_BYTES, FakeLake


def raw(number: int, size: int = 10) -> RawObject:
    return RawObject(f"raw/cart/dt=2026-03-17/{number:04d}.ndjson.gz", "v1", size)


def test_a_batch_holds_at_most_the_given_number_of_objects() -> None:
    batches = split(raw(number) for number in range(MAX_OBJECTS * 2 + 1))
    assert [len(batch.objects) for batch in batches] == [MAX_OBJECTS, MAX_OBJECTS, 1]
    assert [batch.number for batch in batches] == [0, 1, 2]


def test_a_batch_holds_at_most_the_given_bytes() -> None:
    half = MAX_BYTES // 2
    batches = split([raw(1, half), raw(2, half), raw(3, 1)])
    assert [[each.size for each in batch.objects] for batch in batches] == [[half, half], [1]]


def test_an_object_that_is_larger_than_a_batch_goes_alone() -> None:
    batches = split([raw(1, 1), raw(2, MAX_BYTES + 1), raw(3, 1)])
    assert [len(batch.objects) for batch in batches] == [1, 1, 1]


def test_the_order_of_objects_does_not_matter() -> None:
    objects = [raw(number) for number in range(60)]
    assert split(objects) == split(reversed(objects))


def test_no_object_is_left_out_or_made_up() -> None:
    objects = [raw(number, size=number * MAX_BYTES // 40) for number in range(60)]
    assert [each for batch in split(objects) for each in batch.objects] == objects


def test_a_batch_is_an_input_of_step_functions_whatever_its_objects_are_called() -> None:
    name, version = "raw/".ljust(KEY_BYTES, "\x01"), "v" * 1024
    (batch,) = split(RawObject(name, f"{version}{number}", 1) for number in range(MAX_OBJECTS))
    assert len(batch.to_json()) < 0.8 * PAYLOAD_LIMIT


def test_versions_of_one_key_are_objects_of_their_own() -> None:
    key = raw(1).key
    (batch,) = split([RawObject(key, "v2", 1), RawObject(key, "v1", 1)])
    assert [each.version_id for each in batch.objects] == ["v1", "v2"]


def test_plan_writes_the_batches_for_the_map_to_read() -> None:
    lake = FakeLake()
    objects = [raw(number) for number in range(30)]
    manifest = Manifest("run-1", "digest", 1, objects, target="work/replay/7/")
    lake.put(RunKeys("run-1").manifest, manifest.to_json())

    planned = plan(lake, "run-1")

    assert planned == {
        "run": "run-1",
        "target": "work/replay/7/",
        "batches": 2,
        "clean_batches": RunKeys("run-1").clean_batches,
    }
    items = json.loads(lake.get(planned["clean_batches"]).body)
    batches = [CleanBatch.from_dict(each) for each in items]
    assert [each for batch in batches for each in batch.objects] == objects


def test_a_run_without_objects_has_no_batches() -> None:
    lake = FakeLake()
    lake.put(RunKeys("quiet").manifest, Manifest("quiet", "digest", 1, []).to_json())
    assert plan(lake, "quiet")["batches"] == 0
    assert json.loads(lake.get(RunKeys("quiet").clean_batches).body) == []
