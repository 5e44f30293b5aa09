"""Recording a run: what must agree before it counts as done, and what is kept of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.lake.documents import (
    CleanBatch,
    CleanedBatch,
    CleanedEntity,
    CleanedObject,
    ConformedRun,
    DeltaPart,
    LoadedRun,
    LoadedTable,
    Manifest,
    PublishedPart,
    RawObject,
    RecordCounts,
    TableCounts,
)
from lambdas.lake.layout import LIVE, RunKeys, cleaned_key, delta_key, quarantine_key
from lambdas.record import handler
from lambdas.record.conservation import MAX_NAMED, ConservationError
from lambdas.record.documents import MissingDocumentError, RunRecord
from lambdas.record.handler import record_run
from tests.fakes import FakeContext, FakeLake

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.lake.documents import Document

RUN = "3f9a-1"
KEYS = RunKeys(RUN)
ARN = f"arn:aws:states:eu-west-1:000000000000:execution:promotion:{RUN}"
STARTED = "2026-03-17T10:00:00.000Z"
FINISHED = datetime(2026, 3, 17, 10, 0, 7, 500_000, tzinfo=UTC)
SOLD = RawObject("raw/transaction/dt=2026-03-17/a.ndjson.gz", "v1", 900)
BOUGHT = RawObject("raw/customer/dt=2026-03-17/b.ndjson.gz", "v1", 300)


def cleaned(
    source: RawObject, entity: str, rows: int, reasons: dict[str, int], **counts: int
) -> CleanedObject:
    key = cleaned_key(entity, source.key, source.version_id)
    quarantine = [quarantine_key(source.key, source.version_id)] if reasons else []
    entities = [CleanedEntity(entity, key, rows)]
    return CleanedObject(source, RecordCounts(**counts), entities, quarantine, reasons)


@dataclass
class Run:
    """A run that balances: 2 sales of 2 lines each, 1 bad record, 3 states of 2 customers."""

    manifest: Manifest = field(
        default_factory=lambda: Manifest(RUN, "3f9a", 1, [BOUGHT, SOLD], LIVE)
    )
    sold: CleanedObject = field(
        default_factory=lambda: cleaned(
            SOLD,
            "transaction_line",
            4,
            {"bad_type": 1},
            records=4,
            accepted=2,
            quarantined=1,
            ignored=1,
        )
    )
    bought: CleanedObject = field(
        default_factory=lambda: cleaned(
            BOUGHT, "customer", 3, {}, records=4, accepted=3, duplicate=1
        )
    )
    sales: DeltaPart = field(default_factory=lambda: part("sales", "month=2026-03", 4))
    customers: DeltaPart = field(default_factory=lambda: part("customer", "", 3))
    # Three states of two customers came in, a third customer was inferred from a sale.
    conformed: dict[str, TableCounts] = field(
        default_factory=lambda: {
            "sales": TableCounts(rows=4),
            "customer": TableCounts(rows=4, superseded=1),
        }
    )
    published: dict[str, TableCounts] = field(
        default_factory=lambda: {
            "sales": TableCounts(rows=4, inserted=4),
            "customer": TableCounts(rows=3, inserted=1, updated=1, unchanged=1),
        }
    )
    loaded: LoadedRun | None = field(
        default_factory=lambda: LoadedRun(
            [LoadedTable("sales", "s-1", 4), LoadedTable("customer", "s-2", 3)]
        )
    )

    newest: dict[str, str] = field(default_factory=dict)

    def write(self) -> FakeLake:
        lake = FakeLake()
        batches = [CleanBatch(0, [BOUGHT]), CleanBatch(1, [SOLD])]
        lake.put(KEYS.clean_batches, b"[%b]" % b",".join(each.to_json() for each in batches))
        put(lake, KEYS.manifest, self.manifest)
        put(lake, KEYS.cleaned(0), CleanedBatch([self.bought]))
        put(lake, KEYS.cleaned(1), CleanedBatch([self.sold]))
        deltas = [self.customers, self.sales]
        put(lake, KEYS.conformed, ConformedRun(deltas, self.conformed, self.newest))
        for each in (self.customers, self.sales):
            done = PublishedPart(each, self.published[each.table], generation=7)
            put(lake, KEYS.published(each.table, each.partition, each.bucket), done)
        if self.loaded:
            put(lake, KEYS.loaded, self.loaded)
        return lake


def part(table: str, partition: str, rows: int) -> DeltaPart:
    return DeltaPart(table, partition, 0, delta_key(RUN, table, partition, 0), rows, 1000)


def put(lake: FakeLake, key: str, document: Document) -> None:
    lake.put(key, document.to_json())


def recorded(lake: FakeLake, now: datetime = FINISHED) -> RunRecord:
    return record_run(lake, RUN, ARN, STARTED, now)


def test_a_run_that_balances_is_recorded_with_counts_outputs_and_times() -> None:
    lake = Run().write()
    record = recorded(lake)
    assert RunRecord.from_json(lake.get(KEYS.record).body) == record
    assert record.counts == {
        "records": 8,
        "accepted": 5,
        "quarantined": 1,
        "duplicate": 1,
        "ignored": 1,
    }
    assert record.reasons == {"bad_type": 1}
    assert record.tables["customer"] == {
        "rows": 4,
        "inserted": 1,
        "updated": 1,
        "superseded": 1,
        "unchanged": 1,
    }
    assert (record.started, record.finished, record.seconds) == (
        "2026-03-17T10:00:00.000000Z",
        "2026-03-17T10:00:07.500000Z",
        7.5,
    )
    assert record.outputs["gold"][1] == {
        "key": "gold/sales/month=2026-03/part-0.parquet",
        "generation": 7,
        "counts": {"rows": 4, "inserted": 4, "updated": 0, "superseded": 0, "unchanged": 0},
    }
    assert record.outputs["quarantine"] == [quarantine_key(SOLD.key, "v1")]
    assert record.link == (
        "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1"
        f"#/v2/executions/details/{ARN}"
    )


def test_lineage_leads_from_each_raw_object_to_its_tables() -> None:
    lineage = {each["raw"]: each for each in recorded(Run().write()).lineage}
    assert lineage[SOLD.key]["cleaned"] == [
        {
            "key": cleaned_key("transaction_line", SOLD.key, "v1"),
            "rows": 4,
            "table": "sales",
        }
    ]
    assert lineage[BOUGHT.key]["cleaned"][0]["table"] == "customer"


def test_recording_again_keeps_the_first_record() -> None:
    lake = Run().write()
    first = recorded(lake)
    again = recorded(lake, FINISHED.replace(hour=23))
    assert again == first
    assert len(lake.history(KEYS.record)) == 1


def test_a_run_is_measured_once_however_often_it_is_recorded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lake = Run().write()
    recorded(lake)
    recorded(lake)
    emitted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    [run] = emitted
    assert run["RowsPublished"] == [6.0]
    counts = [run[f"Records{name}"] for name in ("In", "Accepted", "Quarantined", "Duplicate")]
    assert counts == [[8.0], [5.0], [1.0], [1.0]]
    assert (run["RunDuration"], run["RunsRecorded"]) == ([7.5], [1.0])


def test_the_newest_sale_is_told_only_by_a_run_that_published_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    recorded(Run().write())
    assert "NewestSaleAt" not in capsys.readouterr().out
    recorded(Run(newest={"sales": "2026-03-17T09:59:58.250000+00:00"}).write())
    [run] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert run["NewestSaleAt"] == [datetime(2026, 3, 17, 9, 59, 58, 250_000, UTC).timestamp()]


def test_freshness_is_told_again_since_the_first_call_may_have_ended_before_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lake = Run(newest={"sales": "2026-03-17T09:59:58+00:00"}).write()
    recorded(lake)
    recorded(lake)
    first, again = (json.loads(x) for x in capsys.readouterr().out.splitlines() if "_aws" in x)
    told = {name for name in again if isinstance(again[name], list)}
    assert told == {"NewestSaleAt"}
    assert again["NewestSaleAt"] == first["NewestSaleAt"]


def test_a_replay_emits_no_metrics_since_it_promotes_what_was_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = Run()
    run.manifest = replace(run.manifest, target="work/replay/r1/")
    recorded(run.write())
    assert "_aws" not in capsys.readouterr().out


def test_the_handler_answers_counts_and_flushes_the_runs_metrics(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = Run().write()
    monkeypatch.setattr(handler, "lake", lambda: lake)
    answer = handler.handle({"run": RUN, "execution": ARN, "started": STARTED}, FakeContext())
    assert answer["counts"]["records"] == 8
    assert answer["tables"]["sales"]["inserted"] == 4
    emitted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [each["RecordsQuarantined"] for each in emitted if "RunDuration" in each] == [[1.0]]


def test_a_run_without_a_warehouse_is_recorded_too() -> None:
    assert recorded(Run(loaded=None).write()).outputs["warehouse"] == []


def lose_a_record(run: Run) -> None:
    run.sold = replace(run.sold, counts=replace(run.sold.counts, ignored=0))


def skip_an_object(run: Run) -> None:
    run.manifest = replace(run.manifest, objects=[BOUGHT, SOLD, RawObject("raw/x", "v9")])


def clean_an_object_twice(run: Run) -> None:
    run.bought = replace(run.sold)


def lose_a_row_before_conform(run: Run) -> None:
    run.conformed["sales"] = TableCounts(rows=3)
    run.sales = replace(run.sales, rows=3)


def make_up_a_fact(run: Run) -> None:
    run.conformed["sales"] = TableCounts(rows=5)


def lose_a_customer_before_conform(run: Run) -> None:
    run.conformed["customer"] = TableCounts(rows=2, superseded=1)


def lose_a_row_between_conform_and_delta(run: Run) -> None:
    run.conformed["customer"] = TableCounts(rows=5, superseded=1)


def publish_fewer_rows_than_the_delta_has(run: Run) -> None:
    run.published["sales"] = TableCounts(rows=3, inserted=3)


def publish_counts_that_do_not_add_up(run: Run) -> None:
    run.published["sales"] = TableCounts(rows=4, inserted=3)


def stage_too_few_rows(run: Run) -> None:
    run.loaded = LoadedRun([LoadedTable("sales", "s-1", 3), LoadedTable("customer", "s-2", 3)])


def leave_a_table_unloaded(run: Run) -> None:
    run.loaded = LoadedRun([LoadedTable("sales", "s-1", 4)])


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (lose_a_record, r"transaction/.*@v1: counts of records do not add up"),
        (skip_an_object, "raw/x@v9: 1 times in the manifest, cleaned 0 times"),
        (clean_an_object_twice, "cleaned 2 times"),
        (lose_a_row_before_conform, "sales: 4 rows cleaned, 3 conformed"),
        (make_up_a_fact, "sales: 4 rows cleaned, 5 conformed"),
        (lose_a_customer_before_conform, "customer: 3 rows cleaned, 2 conformed"),
        (lose_a_row_between_conform_and_delta, "customer: conform kept 4 rows"),
        (publish_fewer_rows_than_the_delta_has, "sales/month=2026-03/.*: 4 rows, published"),
        (publish_counts_that_do_not_add_up, "sales/month=2026-03/.*: 4 rows, published"),
        (stage_too_few_rows, "sales: deltas hold 4 rows, the warehouse staged 3"),
        (leave_a_table_unloaded, "customer: deltas hold 3 rows, the warehouse staged 0"),
    ],
)
def test_unequal_counts_fail_the_run_and_say_which(harm: Callable[[Run], None], named: str) -> None:
    run = Run()
    harm(run)
    lake = run.write()
    with pytest.raises(ConservationError, match=named):
        recorded(lake)
    assert lake.head(KEYS.record) is None


@pytest.mark.parametrize(
    "key",
    [KEYS.manifest, KEYS.cleaned(1), KEYS.conformed, KEYS.published("sales", "month=2026-03", 0)],
)
def test_a_step_that_left_no_document_fails_the_run_by_name(key: str) -> None:
    lake = Run().write()
    lake.delete(key)
    with pytest.raises(MissingDocumentError, match=key):
        recorded(lake)


def test_a_published_document_of_another_delta_is_noticed() -> None:
    lake = Run().write()
    stale: dict[str, Any] = json.loads(lake.get(KEYS.published("customer", "", 0)).body)
    stale["part"]["key"] = "work/delta/other/customer/bucket-0.parquet"
    lake.put(KEYS.published("customer", "", 0), json.dumps(stale).encode())
    with pytest.raises(ConservationError, match="work/delta/other"):
        recorded(lake)


def test_an_error_names_the_first_differences_and_counts_the_rest() -> None:
    differences = [f"difference {number}" for number in range(MAX_NAMED + 5)]
    assert str(ConservationError(differences)).endswith("difference 19; and 5 more")
