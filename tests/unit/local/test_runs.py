"""Runs as operators see them: listed, explained, and told what to do next."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws
from rich.console import Console

from lambdas.lake.documents import (
    CleanBatch,
    CleanedBatch,
    CleanedObject,
    ConformedRun,
    DeltaPart,
    Document,
    Manifest,
    PublishedPart,
    RawObject,
    RecordCounts,
    TableCounts,
)
from lambdas.lake.layout import RunKeys, quarantine_key
from lambdas.record.documents import FailedItem, RunFailure, gather
from lambdas.record.items import EXCEEDED
from lambdas.record.step import record_of
from local import run_explained
from local.run_explained import explain
from local.run_tables import as_json, show_run, show_runs
from local.runs import RunsError, lake, list_runs
from tests.accounts import Deployed

if TYPE_CHECKING:
    from collections.abc import Iterator

A, B = "a1" * 16, "b2" * 16
SOURCE = RawObject("raw/cart/dt=2026-03-17/1.ndjson.gz", "v1", 70)
QUARANTINE = quarantine_key(SOURCE.key, SOURCE.version_id)
DELTA = DeltaPart("cart", "", 0, "work/delta/x", 2, 10)
LAMBDA_CAUSE = '{"errorMessage": "no", "errorType": "X"}'
STARTED = "2026-03-17T10:00:00.000Z"


@pytest.fixture
def deployed() -> Iterator[Deployed]:
    with mock_aws():
        yield Deployed.create()


def write(deployed: Deployed, key: str, document: Document) -> None:
    deployed.put(key, document.to_json())


def plan(deployed: Deployed, run: str, attempt: int = 1) -> RunKeys:
    keys = RunKeys(run)
    write(deployed, keys.manifest, Manifest(run, run[:32], attempt, [SOURCE]))
    deployed.put(keys.clean_batches, b"[%b]" % CleanBatch(0, [SOURCE]).to_json())
    return keys


def clean(deployed: Deployed, keys: RunKeys, *, quarantined: int = 1) -> None:
    counts = RecordCounts(records=2 + quarantined, accepted=2, quarantined=quarantined)
    reasons = {"bad_type": quarantined} if quarantined else {}
    done = CleanedObject(SOURCE, counts, [], [QUARANTINE] if quarantined else [], reasons)
    write(deployed, keys.cleaned(0), CleanedBatch([done]))
    entry = {"row": 3, "code": "bad_type", "message": "qty is not a number"}
    line = json.dumps({**entry, "original": {"text": '{"qty": "two"}'}}).encode()
    deployed.put(QUARANTINE, gzip.compress(line))


def publish(deployed: Deployed, keys: RunKeys) -> None:
    write(deployed, keys.conformed, ConformedRun([DELTA], {"cart": TableCounts(rows=2)}))
    counts = TableCounts(rows=2, inserted=1, updated=1)
    write(deployed, keys.published("cart", "", 0), PublishedPart(DELTA, counts, generation=9))


def succeed(deployed: Deployed, run: str = A, *, quarantined: int = 1) -> None:
    """A run with all its documents, two rows in gold; the rows' own balance is not at stake."""
    keys = plan(deployed, run)
    clean(deployed, keys, quarantined=quarantined)
    publish(deployed, keys)
    arn = f"{deployed.arn.replace('stateMachine', 'execution')}:{run}"
    documents = gather(lake(deployed.account()), run)
    finished = datetime(2026, 3, 17, 10, 0, 7, tzinfo=UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.record.step.check", lambda _: None)
        write(deployed, keys.record, record_of(documents, arn, STARTED, finished))


def fail(
    deployed: Deployed,
    run: str,
    error: str,
    cause: str,
    status: str = "FAILED",
    item: FailedItem | None = None,
) -> None:
    told = RunFailure(run, "arn", "link", status, error, cause, STARTED, STARTED, None, item)
    write(deployed, RunKeys(run).failure, told)


def shown(found: Any, show: Any) -> str:
    console = Console(width=160, file=StringIO())
    show(console, found)
    return console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above


class TestListing:
    def test_newest_first_with_counts_rows_and_a_link(self, deployed: Deployed) -> None:
        succeed(deployed)
        plan(deployed, B)
        deployed.start(B)
        account = deployed.account()
        newest, older = list_runs(account, count=20)
        assert (newest.run, newest.state, newest.records) == (B, "RUNNING", None)
        assert (older.run, older.state, older.rows, older.seconds) == (A, "SUCCEEDED", 2, 7.0)
        assert older.records == {
            "records": 3,
            "accepted": 2,
            "quarantined": 1,
            "duplicate": 0,
            "ignored": 0,
        }
        assert older.link.endswith(f"execution:mercado-promotion:{A}")
        assert [each.run for each in list_runs(account, count=1)] == [B]

    def test_documents_suffice_once_step_functions_has_forgotten(self, deployed: Deployed) -> None:
        succeed(deployed)
        clean(deployed, plan(deployed, B))
        fail(deployed, B, "E", "why")
        runs = list_runs(deployed.account(), count=20)
        assert {each.run: each.state for each in runs} == {A: "SUCCEEDED", B: "FAILED"}

    def test_only_the_failed_and_only_the_recent_if_asked(self, deployed: Deployed) -> None:
        succeed(deployed)
        plan(deployed, B)
        deployed.start(B)
        deployed.stop(B)
        account = deployed.account()
        assert [each.state for each in list_runs(account, count=9, failed=True)] == ["ABORTED"]
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        assert list_runs(account, count=9, since=tomorrow) == []

    def test_is_a_table_for_people_and_json_for_scripts(self, deployed: Deployed) -> None:
        succeed(deployed)
        runs = list_runs(deployed.account(), count=20)
        text = shown(runs, show_runs)
        assert "1 succeeded" in text
        assert f"make run RUN={A[:8]}" in text
        [told] = json.loads(as_json(runs))
        assert (told["started"], told["rows"]) == ("2026-03-17T10:00:00+00:00", 2)
        assert "none" in shown([], show_runs)


class TestExplaining:
    def test_a_run_that_went_well_needs_nothing(self, deployed: Deployed) -> None:
        succeed(deployed, quarantined=0)
        told = explain(deployed.account(), A)
        assert told.next == ["Nothing: all went well."]
        assert (told.inputs[0]["key"], told.inputs[0]["version_id"]) == (SOURCE.key, "v1")
        assert told.batches == [1]
        [output] = told.outputs
        assert (output["key"], output["generation"]) == ("gold/cart/part-0.parquet", 9)
        assert [(step.name, step.done) for step in told.steps] == [
            (name, True) for name in ("Plan", "Clean", "Conform", "Publish", "Record")
        ]
        assert all(step.seconds is not None for step in told.steps)

    def test_quarantined_records_have_reason_example_and_place(self, deployed: Deployed) -> None:
        succeed(deployed)
        told = explain(deployed.account(), A)
        [reason] = told.quarantined
        assert (reason.reason, reason.records, reason.key) == ("bad_type", 1, QUARANTINE)
        assert reason.example
        assert reason.example["original"] == '{"qty": "two"}'
        assert "quarantined" in told.next[0]
        text = shown(told, show_run)
        assert "row 3: qty is not a number" in text
        assert QUARANTINE in text.replace("\n", "")

    def test_a_quarantine_object_that_is_gone_is_no_obstacle(self, deployed: Deployed) -> None:
        succeed(deployed)
        deployed.s3.delete_object(Bucket="mercado-lake", Key=QUARANTINE)
        assert explain(deployed.account(), A).quarantined[0].example is None

    @pytest.mark.parametrize(
        ("came_to", "error", "cause", "sentence", "advice"),
        [
            ("Plan", "E", LAMBDA_CAUSE, "in Plan with E: X: no", "redrive"),
            ("Clean", "E", "why", "in Clean with E: why", "redrive"),
            ("Conform", "E", "why", "in Conform with E: why", "redrive"),
            ("Load or Record", "E", "away", "in Load or Record with E: away", "warehouse"),
            ("Record", "ConservationError", "4 is not 3", "4 is not 3", "counts differ"),
        ],
    )
    def test_a_failure_is_told_by_step_and_cause_in_a_sentence(
        self, deployed: Deployed, came_to: str, error: str, cause: str, sentence: str, advice: str
    ) -> None:
        keys = RunKeys(A)
        write(deployed, keys.manifest, Manifest(A, A, 1, [SOURCE]))
        if came_to != "Plan":
            plan(deployed, A)
        if came_to in {"Conform", "Load or Record", "Record"}:
            clean(deployed, keys, quarantined=0)
        if came_to in {"Load or Record", "Record"}:
            publish(deployed, keys)
        fail(deployed, A, error, cause)
        told = explain(deployed.account(), A)
        assert told.cause
        assert sentence in told.cause
        assert advice in told.next[0] + told.next[-1]
        assert f"make redrive RUN={A}" in told.next[-1]

    def test_a_map_that_gave_up_is_told_by_its_items_own_cause(self, deployed: Deployed) -> None:
        plan(deployed, A)
        item = FailedItem("arn", "X", LAMBDA_CAUSE)
        fail(deployed, A, EXCEEDED, "The specified tolerated failure threshold …", item=item)
        assert explain(deployed.account(), A).cause == "It failed in Clean with X: no"

    def test_an_item_that_was_not_listed_at_the_time_is_looked_for(
        self, deployed: Deployed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan(deployed, A)
        fail(deployed, A, EXCEEDED, "too many")
        found = FailedItem("arn", "Lambda.Unknown", "Sandbox.Timedout")
        asked = {f"{deployed.arn.replace('stateMachine', 'execution')}:{A}": found}
        monkeypatch.setattr(run_explained, "failed_item", lambda _, arn: asked[arn])
        told = explain(deployed.account(), A).cause
        assert told == "It failed in Clean with Lambda.Unknown: Sandbox.Timedout"

    def test_a_stopped_run_says_where(self, deployed: Deployed) -> None:
        plan(deployed, A)
        fail(deployed, A, "", "", "ABORTED")
        assert explain(deployed.account(), A).cause == "Somebody stopped it in Clean."

    def test_the_attempt_that_took_over_is_named(self, deployed: Deployed) -> None:
        plan(deployed, A)
        fail(deployed, A, "E", "why")
        plan(deployed, f"{A}-2", attempt=2)
        deployed.start(f"{A}-2")
        account = deployed.account()
        told = explain(account, f"{A}")
        assert told.next == [f"Nothing: {A}-2 took it over and is running."]
        assert [each.run for each in told.attempts] == [A, f"{A}-2"]
        assert explain(account, "a1a1").run.run == f"{A}-2"

    def test_a_name_may_be_begun_if_only_one_run_begins_so(self, deployed: Deployed) -> None:
        succeed(deployed)
        plan(deployed, f"{A[:-1]}0")
        account = deployed.account()
        with pytest.raises(RunsError, match="2 runs begin with 'a1'"):
            explain(account, "a1")
        with pytest.raises(RunsError, match="'ff'"):
            explain(account, "ff")
        deployed.put(RunKeys(B).candidates, b"{}")
        with pytest.raises(RunsError, match="other runs have all its objects"):
            explain(account, B)
