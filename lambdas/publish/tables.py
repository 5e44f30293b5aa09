"""Tables in the shape of a contract, and the Parquet objects that hold them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from lambdas.contracts import DELETED, VERSION, ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.contracts import Column, Contract

ARROW_TYPES = {
    ColumnType.BIGINT: pa.int64(),
    ColumnType.INTEGER: pa.int32(),
    ColumnType.TEXT: pa.string(),
    ColumnType.MONEY: pa.decimal128(18, 2),
    ColumnType.TIMESTAMP: pa.timestamp("us"),
    ColumnType.BOOLEAN: pa.bool_(),
}
GENERATION = "generation"
"""Names the generation in a Parquet object's pandas metadata and in the S3 object's own."""


class TableContractError(Exception):
    """A stored table has not the shape of its contract. Poison: no retry mends it."""


@dataclass(frozen=True)
class Generation:
    """A table as one object holds it; generations of an object count from 1 and only rise."""

    table: pa.Table
    number: int


def gold_schema(contract: Contract) -> pa.Schema:
    """The star's columns only."""
    return _schema(contract.columns)


def stored_schema(contract: Contract) -> pa.Schema:
    """The columns of deltas and state: the star's, then `version` and `deleted`."""
    return _schema(contract.stored_columns)


def read_stored(contract: Contract, body: bytes) -> Generation:
    """A delta or a state from its Parquet bytes; a delta's generation is 0.

    Raises TableContractError if columns are missing, do not fit their type, or if a key, a
    version or a deleted flag is NULL, which no merge could order.
    """
    found = read_parquet(body, stored_schema(contract))
    for name in (*contract.key, VERSION.name, DELETED.name):
        if found.table[name].null_count:
            raise TableContractError(f"{contract.table}: {name} is NULL in some rows")
    return found


def read_gold(contract: Contract, body: bytes) -> Generation:
    """A partition of gold from its Parquet bytes. Raises TableContractError."""
    return read_parquet(body, gold_schema(contract))


def read_parquet(body: bytes, schema: pa.Schema) -> Generation:
    """The columns of `schema`, cast to its types without loss, and the generation."""
    table = pq.ParquetFile(pa.BufferReader(body)).read(use_threads=False)
    number = _generation(table.schema)
    absent = [name for name in schema.names if name not in table.column_names]
    if absent:
        raise TableContractError(f"columns are missing: {', '.join(absent)}")
    try:
        return Generation(table.select(schema.names).cast(schema).combine_chunks(), number)
    except pa.ArrowInvalid as error:
        raise TableContractError(str(error)) from error


def same_rows(one: pa.Table, other: pa.Table, key: Iterable[str]) -> bool:
    """Whether two tables of one schema hold the same rows, whatever their order."""
    order = [(name, "ascending") for name in key]
    return bool(one.num_rows == other.num_rows and one.sort_by(order).equals(other.sort_by(order)))


def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in columns])


def _generation(schema: pa.Schema) -> int:
    described = (schema.metadata or {}).get(b"pandas")
    attributes = json.loads(described).get("attributes", {}) if described else {}
    return int(attributes.get(GENERATION, 0))
