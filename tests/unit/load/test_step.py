"""A run's deltas become manifests, transactions and a LoadedRun that balances."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest

from lambdas.lake.documents import ConformedRun, DeltaPart, LoadedRun, LoadedTable
from lambdas.lake.layout import RunKeys, delta_key
from lambdas.load.step import StagedRowsError, load_run
from lambdas.load.submission import Warehouse
from tests.fakes import FakeLake
from tests.unit.load.fake_data_api import FakeDataApi

if TYPE_CHECKING:
    from mypy_boto3_redshift_data import RedshiftDataAPIServiceClient

RUN = "run-1"


def part(table: str, partition: str = "", rows: int = 1) -> DeltaPart:
    return DeltaPart(table, partition, 0, delta_key(RUN, table, partition, 0), rows, 100)


def lake(*deltas: DeltaPart) -> FakeLake:
    store = FakeLake()
    store.put(RunKeys(RUN).conformed, ConformedRun(list(deltas), {}).to_json())
    return store


def load(store: FakeLake, api: FakeDataApi) -> LoadedRun:
    client = cast("RedshiftDataAPIServiceClient", api)
    warehouse = Warehouse(client, "wg", "db", seconds_left=lambda: 60, sleep=lambda _: None)
    return load_run(store, "lake", warehouse, run=RUN, retry=0)


def test_every_changed_table_is_loaded_dimensions_first_and_noted() -> None:
    store, api = lake(part("sales"), part("customer"), part("cart"), part("date")), FakeDataApi()
    loaded = load(store, api)
    names = [each.name for each in api.statements]
    assert names == [f"load-run-1-{table}" for table in ("customer", "date", "cart", "sales")]
    assert loaded.tables[0] == LoadedTable("customer", "0", 1)
    assert LoadedRun.from_json(store.get(RunKeys(RUN).loaded).body) == loaded


def test_the_partitions_of_a_table_are_one_load_by_one_manifest() -> None:
    january, february = part("sales", "month=2026-01", 2), part("sales", "month=2026-02", 3)
    store, api = lake(january, february), FakeDataApi(staged=5)
    load(store, api)
    key = RunKeys(RUN).copy_manifest("sales")
    urls = [each["url"] for each in json.loads(store.get(key).body)["entries"]]
    assert urls == [f"s3://lake/{january.key}", f"s3://lake/{february.key}"]
    assert f"'s3://lake/{key}'" in api.statements[0].sqls[2]


def test_rows_that_copy_did_not_stage_fail_the_run() -> None:
    with pytest.raises(StagedRowsError, match="1 rows staged, the delta of run-1 has 2"):
        load(lake(part("customer", rows=2)), FakeDataApi(staged=1))


def test_a_run_that_changes_nothing_submits_nothing() -> None:
    store, api = lake(), FakeDataApi()
    assert load(store, api).tables == []
    assert api.statements == []
    assert LoadedRun.from_json(store.get(RunKeys(RUN).loaded).body).tables == []
