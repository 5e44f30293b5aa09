"""Loads the deltas of a run into the warehouse, table by table, dimensions first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.contracts import BY_TABLE
from lambdas.lake.documents import ConformedRun, DeltaPart, LoadedRun, LoadedTable
from lambdas.lake.layout import RunKeys
from lambdas.load import transaction
from lambdas.load.transaction import Load

if TYPE_CHECKING:
    from lambdas.contracts import Contract
    from lambdas.lake.objects import ObjectStore
    from lambdas.load.submission import Warehouse


class StagedRowsError(Exception):
    """COPY staged other rows than the delta has: the run's counts would not balance."""


def load_run(
    store: ObjectStore, bucket: str, warehouse: Warehouse, *, run: str, retry: int
) -> LoadedRun:
    """Loads every table that the run changes, and says so in LoadedRun.

    Doing it again changes nothing. Raises what `Warehouse.run` raises, and StagedRowsError.
    """
    keys = RunKeys(run)
    deltas = ConformedRun.from_json(store.get(keys.conformed).body).deltas
    tables = []
    for contract in transaction.dimensions_first(_changed(deltas)):
        parts = [part for part in deltas if part.table == contract.table]
        manifest = keys.copy_manifest(contract.table)
        store.put(manifest, transaction.copy_manifest(bucket, parts))
        load = Load(run, retry, contract, f"s3://{bucket}/{manifest}")
        tables.append(_load_table(warehouse, load, rows=sum(part.rows for part in parts)))
    loaded = LoadedRun(tables)
    store.put(keys.loaded, loaded.to_json())
    return loaded


def _changed(deltas: list[DeltaPart]) -> list[Contract]:
    return [BY_TABLE[table] for table in sorted({part.table for part in deltas if part.rows})]


def _load_table(warehouse: Warehouse, load: Load, *, rows: int) -> LoadedTable:
    table = load.contract.table
    statement_id = warehouse.run(
        f"load-{load.run}-{table}", load.retry, transaction.statements(load)
    )
    staged = warehouse.count(statement_id, transaction.count_stage_number())
    if staged != rows:
        raise StagedRowsError(f"{table}: {staged} rows staged, the delta of {load.run} has {rows}")
    return LoadedTable(table, statement_id, staged)
