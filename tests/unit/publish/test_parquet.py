"""What awswrangler writes, and why its own upload is not used."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import awswrangler as wr
import boto3
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError

from lambdas.contracts import BY_TABLE, CONTRACTS, ColumnType
from lambdas.publish.merge import project
from lambdas.publish.parquet import render
from lambdas.publish.tables import (
    ARROW_TYPES,
    TableContractError,
    gold_schema,
    read_gold,
    read_stored,
    stored_schema,
)
from tests.publishing import quick_render, row, table

if TYPE_CHECKING:
    from lambdas.contracts import Contract
    from lambdas.lake.objects import LakeBucket

SALES = BY_TABLE["sales"]


@pytest.mark.parametrize("column_type", ColumnType)
def test_arrow_types_are_those_of_the_contract(column_type: ColumnType) -> None:
    assert str(ARROW_TYPES[column_type]) == column_type.value.arrow


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.table)
@pytest.mark.parametrize("rows", [0, 3])
def test_a_state_is_read_as_it_was_written(contract: Contract, rows: int) -> None:
    state = table(contract, [row(contract, key, 2) for key in range(1, rows + 1)])
    found = read_stored(contract, render(state, 7))
    assert found.number == 7
    assert found.table.equals(state)


def test_an_inferred_member_keeps_its_types_though_all_its_values_are_null() -> None:
    customer = BY_TABLE["customer"]
    inferred = {"customer_id": 1, "version": "0" * 20, "deleted": False}
    body = render(project(customer, table(customer, [inferred])), 1)
    assert pq.read_schema(pa.BufferReader(body)).equals(gold_schema(customer))


def test_gold_holds_exact_money_and_microseconds_and_no_technical_column() -> None:
    sold = {**row(SALES, 1, 3), "total_price": Decimal("9999999999999999.99")}
    body = render(project(SALES, table(SALES, [sold])), 1)
    found = read_gold(SALES, body).table
    assert found.to_pylist() == [{name: sold[name] for name in SALES.column_names}]
    stored = pq.ParquetFile(pa.BufferReader(body)).schema
    assert [stored.column(n).name for n in range(len(stored))] == list(SALES.column_names)
    assert "INT96" not in {stored.column(n).physical_type for n in range(len(stored))}


def test_equal_generations_have_equal_bytes_and_others_differ() -> None:
    state = table(SALES, [row(SALES, 1, 1)])
    assert render(state, 4) == render(state, 4)
    assert render(state, 4) != render(state, 5)


def test_tables_past_one_upload_part_are_whole() -> None:
    numbers = np.random.default_rng(17).integers(0, 1 << 62, 1_500_000)
    big = pa.table({"number": numbers})
    body = render(big, 1)
    assert len(body) > 2 * 5 * 1024 * 1024
    assert pq.read_table(pa.BufferReader(body)).equals(big)


def test_a_failed_upload_of_awswranglers_own_replaces_the_object_by_its_tail(
    bucket: LakeBucket,
) -> None:
    """Shows why the lake, not awswrangler, puts the bytes: mended there, this could go."""
    bucket.put("part.parquet", b"what was there")
    session = boto3.Session()
    refuse_once = iter([ClientError({"Error": {"Code": "SlowDown"}}, "UploadPart")])

    def refuse(**_call: Any) -> None:
        for error in refuse_once:
            raise error

    session.events.register("before-call.s3.UploadPart", refuse)
    numbers = pa.table({"number": np.random.default_rng(17).integers(0, 1 << 62, 1_000_000)})
    with pytest.raises(ClientError, match="SlowDown"):
        wr.s3.to_parquet(
            numbers.to_pandas(types_mapper=pd.ArrowDtype),
            "s3://lake/part.parquet",
            boto3_session=session,
            use_threads=False,
        )
    left = bucket.get("part.parquet").body
    assert left != b"what was there"
    assert not left.startswith(b"PAR1")


@pytest.mark.parametrize("name", ["transaction_id", "line_no", "version", "deleted"])
def test_a_row_that_no_merge_could_order_is_refused(name: str) -> None:
    rows = [{**row(SALES, 1, 1), name: None}]
    with pytest.raises(TableContractError, match=name):
        read_stored(SALES, quick_render(table(SALES, rows), 0))


def test_a_missing_column_is_named() -> None:
    body = quick_render(table(SALES, []).drop_columns(["qty", "version"]), 0)
    with pytest.raises(TableContractError, match="qty, version"):
        read_stored(SALES, body)


def test_a_value_that_does_not_fit_its_type_is_refused_not_cut() -> None:
    schema = stored_schema(SALES)
    wide = schema.set(schema.get_field_index("qty"), pa.field("qty", pa.int64()))
    rows = pa.Table.from_pylist([{**row(SALES, 1, 1), "qty": 1 << 40}], schema=wide)
    with pytest.raises(TableContractError):
        read_stored(SALES, quick_render(rows, 0))
