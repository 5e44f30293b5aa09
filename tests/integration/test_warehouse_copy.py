"""COPY of Parquet: by manifest, by position, exact about types and lengths, as Redshift's is."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.warehouse_stand_in import Database

pytestmark = pytest.mark.xdist_group("warehouse")  # one server serves them all
TABLE = "CREATE TABLE store.copied (k BIGINT, v VARCHAR(4), price DECIMAL(18, 2))"
SCHEMA = pa.schema([("k", pa.int64()), ("v", pa.string()), ("price", pa.decimal128(18, 2))])
COPY = "COPY store.copied FROM 's3://{}/{}' IAM_ROLE DEFAULT FORMAT AS PARQUET"
COPIED = "SELECT k, v, price FROM store.copied ORDER BY k"


def put(
    database: Database, key: str, rows: list[tuple[Any, ...]], schema: pa.Schema = SCHEMA
) -> int:
    """Writes a Parquet object and returns its size."""
    names = schema.names
    sink = io.BytesIO()
    rows_by_name = [dict(zip(names, row, strict=True)) for row in rows]
    pq.write_table(pa.Table.from_pylist(rows_by_name, schema=schema), sink)
    database.lake.put(key, sink.getvalue())
    return len(sink.getvalue())


def copy_by_manifest(database: Database, entries: list[dict[str, Any]]) -> Any:
    database.lake.put("manifest", json.dumps({"entries": entries}).encode())
    return database.run([TABLE, COPY.format(database.bucket, "manifest") + " MANIFEST"])


def entry(database: Database, key: str, size: int, **changes: Any) -> dict[str, Any]:
    url = f"s3://{database.bucket}/{key}"
    return {"url": url, "mandatory": True, "meta": {"content_length": size}, **changes}


def test_a_manifest_loads_what_it_lists_by_position(database: Database) -> None:
    schema = pa.schema([field.with_name(f"other_{field.name}") for field in SCHEMA])
    size = put(database, "a/1", [(1, "é", Decimal("2.50")), (2, None, None)], schema)
    put(database, "a/10", [(10, "x", None)])
    answer = copy_by_manifest(database, [entry(database, "a/1", size)])
    assert answer["Status"] == "FINISHED", answer["Error"]
    assert answer["SubStatements"][1]["ResultRows"] == 2
    assert database.ask(COPIED) == [(1, "é", Decimal("2.50")), (2, None, None)]


def test_a_prefix_also_loads_the_run_whose_name_begins_alike(database: Database) -> None:
    """Why the load has manifests."""
    put(database, "run-1/part", [(1, None, None)])
    put(database, "run-10/part", [(10, None, None)])
    assert database.run([TABLE, COPY.format(database.bucket, "run-1")])["Status"] == "FINISHED"
    assert [key for key, *_ in database.ask(COPIED)] == [1, 10]


def test_parquet_as_duckdb_writes_it_is_taken(database: Database, tmp_path: Path) -> None:
    """Conform writes the deltas with DuckDB, whose decimals are INT64."""
    file = tmp_path / "delta.parquet"
    duckdb.execute(f"COPY (SELECT 1::BIGINT k, 'abcd' v, 9.99::DECIMAL(18,2) price) TO '{file}'")
    database.lake.put("duckdb", file.read_bytes())
    size = file.stat().st_size
    answer = copy_by_manifest(database, [entry(database, "duckdb", size)])
    assert answer["Status"] == "FINISHED", answer.get("Error")
    assert database.ask(COPIED) == [(1, "abcd", Decimal("9.99"))]


def test_a_file_of_another_length_than_the_manifest_says_is_refused(database: Database) -> None:
    size = put(database, "a", [(1, "x", None)])
    answer = copy_by_manifest(database, [entry(database, "a", size + 1)])
    assert answer["Status"] == "FAILED"
    assert f"has {size} bytes, its manifest says {size + 1}" in answer["Error"]


def test_columnar_files_need_their_length_in_the_manifest(database: Database) -> None:
    size = put(database, "a", [(1, "x", None)])
    answer = copy_by_manifest(database, [entry(database, "a", size, meta={})])
    assert "meta.content_length is required" in answer["Error"]


def test_a_mandatory_file_must_be_there_and_another_may_be_missing(database: Database) -> None:
    size = put(database, "a", [(1, "x", None)])
    there, gone = entry(database, "a", size), entry(database, "b", size)
    assert "NoSuchKey" in copy_by_manifest(database, [there, gone])["Error"]
    answer = copy_by_manifest(database, [there, {**gone, "mandatory": False}])
    assert answer["Status"] == "FINISHED"


@pytest.mark.parametrize(
    ("fields", "row", "reason"),
    [
        ([SCHEMA.field(0)], (1,), "Table columns: 3, Data columns: 1"),
        ([*SCHEMA, pa.field("more", pa.int64())], (1, "x", None, 1), "Data columns: 4"),
        (
            [pa.field("k", pa.int32()), *list(SCHEMA)[1:]],
            (1, "x", None),
            "incompatible Parquet schema for column 'k'",
        ),
        (
            [*list(SCHEMA)[:2], pa.field("price", pa.decimal128(18, 3))],
            (1, "x", None),
            "Column type: DECIMAL(18, 2), Parquet schema: decimal128(18, 3)",
        ),
        (
            [*list(SCHEMA)[:2], pa.field("price", pa.float64())],
            (1, "x", None),
            "incompatible Parquet schema for column 'price'",
        ),
        (list(SCHEMA), (1, "ééé", None), "Table: 4, Data: 6"),
    ],
    ids=["too few", "too many", "narrower", "other scale", "float", "too long in bytes"],
)
def test_a_file_that_does_not_fit_is_refused_whole(
    database: Database, fields: list[pa.Field], row: tuple[Any, ...], reason: str
) -> None:
    good = put(database, "good", [(7, "x", None)])
    bad = put(database, "bad", [row], pa.schema(fields))
    entries = [entry(database, "good", good), entry(database, "bad", bad)]
    answer = copy_by_manifest(database, entries)
    assert answer["Status"] == "FAILED"
    assert "Spectrum Scan Error" in answer["Error"]
    assert reason in answer["Error"]
    assert "does not exist" in database.run([COPIED])["Error"], "the CREATE TABLE is taken back"


def test_text_is_measured_in_bytes_by_inserts_too(database: Database) -> None:
    answer = database.run([TABLE, "INSERT INTO store.copied (v) VALUES ('ééé')"])
    assert "Value too long for character type" in answer["Error"]


def test_keys_are_not_enforced(database: Database) -> None:
    table = "CREATE TABLE store.keyed (k INT, u INT UNIQUE, PRIMARY KEY (k))"
    twice = "INSERT INTO store.keyed VALUES (1, 1), (1, 1)"
    assert database.run([table, twice])["Status"] == "FINISHED"
    assert database.ask("SELECT COUNT(*) FROM store.keyed") == [(2,)]
