"""Records that the engine cannot live with are told from their neighbours, and only they suffer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from lambdas.clean import unprocessable as module
from lambdas.clean.captured.step import clean_object
from lambdas.clean.captured.transform import sort
from lambdas.clean.reasons import Reason
from lambdas.clean.unprocessable import told, unprocessable
from lambdas.contracts.marketplace import LINE_TOTAL
from lambdas.engine import connect
from lambdas.lake.documents import RawObject, RecordCounts
from lambdas.lake.layout import quarantine_key
from tests.capturing import lines
from tests.fakes import FakeLake
from tests.stream import customer, line, number, raw_object, transaction

if TYPE_CHECKING:
    from pathlib import Path

RAW = "raw/transaction/dt=2026-03-17/1-2-abc.ndjson.gz"


@pytest.fixture(autouse=True)
def overflowing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A predicate that makes DuckDB fail, and not say false, where a product has 19 digits."""
    monkeypatch.setitem(LINE_TOTAL, "total_mismatch", "total_price = qty * unit_price")


def poison(name: str) -> dict[str, Any]:
    dearest = line(1, price="9999999999999999.99", total_price=number(1), category_id=number(2))
    record = transaction(name)
    record["dynamodb"]["NewImage"]["lines"] = {"L": [dearest]}
    return record


def test_good_records_beside_poisonous_ones_are_accepted() -> None:
    goods = [transaction(f"t{number_ % 9}") for number_ in range(18)]  # duplicates across halves
    body = raw_object(*goods[:5], b"", poison("p1"), b"{", *goods[5:], poison("p2"), customer())
    lake = FakeLake()
    lake.put(RAW, body)
    done = clean_object(lake, RawObject(RAW, lake.version_id(RAW)))
    assert done.counts == RecordCounts(22, accepted=10, quarantined=3, duplicate=9)
    assert {each.entity: each.rows for each in done.cleaned} == {
        "customer": 1,
        "transaction_line": 18,
    }
    assert done.reasons == {"malformed_json": 1, "unprocessable_record": 2}
    kept = lake.get(quarantine_key(RAW, "v1")).body
    assert [(each["row"], each["code"]) for each in lines(kept)] == [
        (7, "unprocessable_record"),
        (8, "malformed_json"),
        (22, "unprocessable_record"),
    ]
    assert "Overflow" in lines(kept)[0]["message"]
    clean_object(lake, RawObject(RAW, lake.version_id(RAW)))
    assert lake.get(quarantine_key(RAW, "v1")).body == kept


def test_a_record_that_is_alone_is_named_too() -> None:
    lake = FakeLake()
    lake.put(RAW, raw_object(poison("p")))
    done = clean_object(lake, RawObject(RAW, lake.version_id(RAW)))
    assert done.counts == RecordCounts(1, quarantined=1)
    assert done.reasons == {"unprocessable_record": 1}


def test_one_of_many_costs_two_trials_a_halving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials = []

    def counted(folder: Path) -> duckdb.DuckDBPyConnection:
        trials.append(folder)
        return connect(folder)

    monkeypatch.setattr(module, "connect", counted)
    records = [transaction(str(each)) for each in range(64)]
    records[40] = poison("p")
    assert list(unprocessable(sort(raw_object(*records), tmp_path).staged, tmp_path)) == [41]
    assert len(trials) == 1 + 2 * 6


def test_what_the_trials_do_not_tell_apart_is_rejected_together(tmp_path: Path) -> None:
    records = [poison("p"), *(transaction(str(each)) for each in range(7))]
    found = unprocessable(sort(raw_object(*records), tmp_path).staged, tmp_path, max_trials=3)
    assert list(found) == [1, 2, 3, 4]
    assert {each.reason for each in found.values()} == {Reason.UNPROCESSABLE_RECORD}


def test_what_the_engine_says_is_told_without_its_folder_and_its_trace(tmp_path: Path) -> None:
    error = duckdb.InternalException(f"no {tmp_path}/x\nat 0x1f")
    assert told(error, tmp_path) == "no /x"
