"""A batch writes its outputs under fixed names, and nothing in one object harms another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import duckdb
import pytest
from moto import mock_aws

from lambdas.clean import handler
from lambdas.clean.batch import clean_batch
from lambdas.clean.captured import step, transform
from lambdas.lake.documents import CleanBatch, CleanedBatch, CleanedObject, RawObject, RecordCounts
from lambdas.lake.layout import RunKeys, cleaned_key, quarantine_key
from tests.capturing import lines
from tests.fakes import FakeContext, FakeLake
from tests.stream import customer, raw_object, text, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lambdas.clean.captured.transform import Cleaned
    from lambdas.clean.reasons import Rejection

RAW = "raw/customer/dt=2026-03-17/1-2-abc.ndjson.gz"


@pytest.fixture
def lake() -> FakeLake:
    return FakeLake()


def arrived(lake: FakeLake, body: bytes, key: str = RAW) -> RawObject:
    lake.put(key, body)
    return RawObject(key, lake.version_id(key), len(body))


def clean(lake: FakeLake, *sources: RawObject, run: str = "run-1") -> list[CleanedObject]:
    done = clean_batch(lake, run, CleanBatch(3, list(sources)))
    assert done
    return done.objects


def entries(lake: FakeLake, keys: list[str]) -> list[dict[str, Any]]:
    (key,) = keys
    return lines(lake.get(key).body)


def snapshot(lake: FakeLake) -> dict[str, bytes]:
    """All that the cleaning of raw objects writes, whatever the run."""
    keys = (key for key in lake.keys("") if not key.startswith("runs/"))  # a store, no dict
    return {key: lake.get(key).body for key in keys}


def test_accepted_rows_lie_under_the_name_of_their_source(lake: FakeLake) -> None:
    source = arrived(lake, raw_object(customer(), transaction()))
    (done,) = clean(lake, source)
    assert [(each.entity, each.key, each.rows) for each in done.cleaned] == [
        ("customer", cleaned_key("customer", RAW, "v1"), 1),
        ("transaction_line", cleaned_key("transaction_line", RAW, "v1"), 2),
    ]
    assert all(lake.head(each.key) for each in done.cleaned)
    assert (done.quarantine, done.reasons) == ([], {})


def test_the_version_that_the_manifest_names_is_the_one_that_is_read(lake: FakeLake) -> None:
    first = arrived(lake, raw_object(customer()))
    arrived(lake, raw_object(customer(), customer(2)))
    (done,) = clean(lake, first)
    assert done.counts == RecordCounts(1, accepted=1)


def test_the_batch_leaves_a_document_of_all_its_objects(lake: FakeLake) -> None:
    sources = [
        arrived(lake, raw_object(customer()), "raw/customer/dt=2026-03-17/a.gz"),
        arrived(lake, b"", "raw/item/dt=2026-03-17/b.gz"),
    ]
    done = clean(lake, *sources)
    document = CleanedBatch.from_json(lake.get(RunKeys("run-1").cleaned(3)).body)
    assert document.objects == done
    assert [each.source for each in done] == sources


def test_a_rejected_record_is_kept_with_its_place_reason_and_bytes(lake: FakeLake) -> None:
    source = arrived(lake, raw_object(customer(), b'{"a": ', b"\xfe\xff"))
    (done,) = clean(lake, source)
    assert done.quarantine == [quarantine_key(RAW, "v1")]
    found = entries(lake, done.quarantine)
    assert [(each["row"], each["code"], each["original"]) for each in found] == [
        (2, "malformed_json", {"text": '{"a": '}),
        (3, "not_utf8", {"base64": "/v8="}),
    ]
    assert all((each["source"], each["version_id"]) == (RAW, "v1") for each in found)
    assert done.reasons == {"malformed_json": 1, "not_utf8": 1}


def test_cleaning_again_changes_not_a_byte(lake: FakeLake) -> None:
    source = arrived(lake, raw_object(customer(), transaction(), b"garbage", customer(2)))
    first = clean(lake, source)
    before = snapshot(lake)
    assert clean(lake, source, run="run-2") == first
    assert snapshot(lake) == before


def test_a_quarantine_that_no_longer_holds_is_removed(lake: FakeLake) -> None:
    source = arrived(lake, raw_object(customer()))
    lake.put(quarantine_key(RAW, "v1"), b"what an older rule rejected")
    clean(lake, source)
    assert lake.head(quarantine_key(RAW, "v1")) is None


def test_nothing_is_deleted_where_nothing_was(lake: FakeLake) -> None:
    deleted: list[str] = []
    lake.before = lambda operation, key: deleted.append(key) if operation == "delete" else None
    clean(lake, arrived(lake, raw_object(customer())))
    assert deleted == []


def test_an_object_that_is_gone_counts_as_one_quarantined_record(lake: FakeLake) -> None:
    gone = RawObject("raw/customer/dt=2026-03-17/gone.gz", "v9", 5)
    here = arrived(lake, raw_object(customer()))
    missing, present = clean(lake, gone, here)
    assert missing.counts == RecordCounts(1, quarantined=1)
    assert entries(lake, missing.quarantine)[0]["code"] == "unreadable_object"
    assert present.counts.accepted == 1


def test_damaged_bytes_are_quarantined_whole(lake: FakeLake) -> None:
    (done,) = clean(lake, arrived(lake, b"\x1f\x8b nothing of gzip"))
    (entry,) = entries(lake, done.quarantine)
    assert (entry["row"], entry["code"]) == (0, "unreadable_object")
    assert done.counts == RecordCounts(1, quarantined=1)


def test_an_object_that_the_engine_fails_on_does_not_stop_its_neighbours(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fragile(
        connection: duckdb.DuckDBPyConnection,
        body: bytes,
        folder: Path,
        unfit: Mapping[int, Rejection],
    ) -> Cleaned:
        if body == b"poison":
            raise duckdb.InternalException("assertion failed")
        return transform.clean(connection, body, folder, unfit)

    monkeypatch.setattr(step, "clean", fragile)
    poison, good = clean(
        lake,
        arrived(lake, b"poison", "raw/item/dt=2026-03-17/p"),
        arrived(lake, raw_object(customer())),
    )
    (entry,) = entries(lake, poison.quarantine)
    assert entry["code"] == "unprocessable_object"
    assert "assertion failed" in entry["message"]
    assert entry["original"] == {"text": "poison"}
    assert good.counts.accepted == 1


@pytest.mark.parametrize(
    "error", [duckdb.OutOfMemoryException("full"), duckdb.IOException("disk"), OSError("disk")]
)
def test_a_failure_of_the_machine_fails_the_step(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing(*_: object) -> Cleaned:
        raise error

    monkeypatch.setattr(step, "clean", failing)
    with pytest.raises(type(error)):
        clean(lake, arrived(lake, raw_object(customer())))
    assert lake.head(quarantine_key(RAW, "v1")) is None


def test_a_quote_in_a_name_is_no_matter(lake: FakeLake) -> None:
    source = arrived(
        lake, raw_object(customer(first_name=text("O'Hara"))), "raw/customer/dt=2026-03-17/it's.gz"
    )
    (done,) = clean(lake, source)
    assert done.counts.accepted == 1


def test_the_handler_reads_the_map_s_item_and_answers_that_it_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LAKE_BUCKET", "lake")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    handler._lake.cache_clear()
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="lake")
        s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        version = s3.put_object(Bucket="lake", Key=RAW, Body=raw_object(customer()))["VersionId"]
        batch = {"number": 0, "objects": [{"key": RAW, "version_id": version, "size": 1}]}
        assert handler.handle({"run": "r", "batch": batch}, FakeContext()) == {"apart": False}
        body = s3.get_object(Bucket="lake", Key=RunKeys("r").cleaned(0))["Body"].read()
    handler._lake.cache_clear()
    assert CleanedBatch.from_json(body).objects[0].counts == RecordCounts(1, accepted=1)
