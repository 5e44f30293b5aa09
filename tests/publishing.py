"""Rows, tables and Parquet for tests of what is published."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from lambdas.contracts import ColumnType, api_version
from lambdas.publish.tables import GENERATION, stored_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.contracts import Contract

Row = dict[str, Any]
Key = tuple[Any, ...]


def row(contract: Contract, key: int, rev: int, *, deleted: bool = False) -> Row:
    """A row whose every value follows from key and revision."""
    values = {
        column.name: _value(column.type, key if column.name in contract.key else rev)
        for column in contract.columns
    }
    return {**values, "version": api_version(rev), "deleted": deleted}


def highest_versions(contract: Contract, rows: Iterable[Row]) -> dict[Key, Row]:
    """The rule by which every merge is judged: the highest version of each key, row by row."""
    best: dict[Key, Row] = {}
    for each in rows:
        key = tuple(each[name] for name in contract.key)
        if key not in best or best[key]["version"] < each["version"]:
            best[key] = each
    return best


def table(contract: Contract, rows: Iterable[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=stored_schema(contract))


def quick_render(rows: pa.Table, generation: int) -> bytes:
    """The shape of what awswrangler writes, some twenty times as fast."""
    described = json.dumps({"attributes": {GENERATION: generation}})
    sink = pa.BufferOutputStream()
    pq.write_table(rows.replace_schema_metadata({"pandas": described}), sink)
    return bytes(sink.getvalue())


def parquet(**columns: object) -> bytes:
    """Columns of whatever names and types, as a file that is none of the lake's."""
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def _value(column_type: ColumnType, number: int) -> Any:
    match column_type:
        case ColumnType.BIGINT | ColumnType.INTEGER:
            return number
        case ColumnType.TEXT:
            return f"text {number:04d}"
        case ColumnType.MONEY:
            return Decimal(number) / 100
        case ColumnType.TIMESTAMP:
            start = datetime(2025, 3, 17, tzinfo=UTC).replace(tzinfo=None)
            return start + timedelta(microseconds=number)
        case ColumnType.BOOLEAN:
            return bool(number % 2)
