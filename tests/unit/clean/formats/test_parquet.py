"""Parquet is read by the engine, every value as an exact text, or refused as a whole."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import random
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lambdas.clean.formats import EACH, open_rows
from lambdas.clean.formats.parquet import MAX_LEVELS, leave_source, spool
from lambdas.clean.reasons import Reason, RejectedError
from tests.unit.clean.formats.reading import rows, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duckdb import DuckDBPyConnection


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target, **options)
    return target.getvalue()


def records(connection: DuckDBPyConnection, body: bytes, folder: Path) -> dict[int, Any]:
    path = folder / "it's.parquet"
    count = spool(table(body), path)
    leave_source(connection, path)
    found = dict(connection.execute("select record, fields from source").fetchall())
    assert len(found) == count
    return {record: json.loads(fields) for record, fields in found.items()}


NUMBERS = {"id": list(range(3000)), "name": [f"name {7919 * at}" for at in range(3000)]}


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_rows_are_numbered_as_they_lie_in_the_file(
    connection: DuckDBPyConnection, tmp_path: Path, pack: type[bytes]
) -> None:
    body = pack(parquet(NUMBERS, row_group_size=500))
    assert table(body).format.kind == "parquet"
    assert records(connection, body, tmp_path) == {
        at + 1: {"id": str(at), "name": f"name {7919 * at}"} for at in range(3000)
    }


def test_every_leaf_is_an_exact_text(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    moment = dt.datetime(2026, 3, 17, 10, 0, 0, 123456, tzinfo=dt.UTC)
    body = parquet(
        {
            'na"me': ["O'Hara", None],
            "money": pa.array([Decimal("1234567890123456.10"), None], pa.decimal128(18, 2)),
            "big": pa.array([2**63 + 1, 0], pa.uint64()),
            "float": [0.1, float("nan")],
            "yes": [True, False],
            "at": pa.array([moment, None], pa.timestamp("us", tz="America/New_York")),
            "local": [dt.datetime(2026, 3, 17, 10, 0), None],  # noqa: DTZ001  # it has no zone
            "day": [dt.date(2026, 3, 17), None],
            "bytes": [b"caf\xc3\xa9", b"\xff\x00"],
            "lines": [[{"sku": "a", "price": Decimal("1.20")}], []],
            "tags": pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int64())),
        }
    )
    assert records(connection, body, tmp_path) == {
        1: {
            'na"me': "O'Hara",
            "money": "1234567890123456.10",
            "big": "9223372036854775809",
            "float": "0.1",
            "yes": "true",
            "at": "2026-03-17 10:00:00.123456+00",
            "local": "2026-03-17 10:00:00",
            "day": "2026-03-17",
            "bytes": "café",
            "lines": [{"sku": "a", "price": "1.20"}],
            "tags": [{"key": "k", "value": "1"}],
        },
        2: {
            'na"me': None,
            "money": None,
            "big": "0",
            "float": "nan",
            "yes": "false",
            "at": None,
            "local": None,
            "day": None,
            "bytes": "\\xFF\\x00",
            "lines": [],
            "tags": [],
        },
    }


def test_a_file_without_rows_has_none(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    assert records(connection, parquet({"id": pa.array([], pa.int64())}), tmp_path) == {}


def test_columns_that_differ_by_case_only_refuse_the_object(tmp_path: Path) -> None:
    body = parquet({"id": [1], "x": [{"id": 1, "ID": 2}], "ID": [2]})
    with pytest.raises(RejectedError) as refused:
        spool(table(body), tmp_path / "file")
    assert refused.value.rejection == Reason.REPEATED_COLUMN.of("'ID'")


def structs(levels: int) -> tuple[Any, pa.DataType]:
    if levels == 1:
        return "x", pa.string()
    value, kind = structs(levels - 1)
    return {"a": value}, pa.struct([("a", kind)])


def lists(levels: int) -> tuple[Any, pa.DataType]:
    if levels <= 2:
        return "x", pa.string()
    value, kind = lists(levels - 2)
    return [value], pa.list_(kind)


@pytest.mark.parametrize("nested", [structs, lists])
def test_columns_of_too_many_levels_refuse_the_object(
    nested: Callable[[int], tuple[Any, pa.DataType]],
    tmp_path: Path,
    connection: DuckDBPyConnection,
) -> None:
    value, kind = nested(MAX_LEVELS)
    body = parquet({"flat": ["1"], "deep": pa.array([value], kind), "last": ["2"]})
    assert records(connection, body, tmp_path)[1]["deep"] == value
    for levels in (MAX_LEVELS + 3, 200):
        value, kind = nested(levels)
        body = parquet({"flat": ["1"], "deep": pa.array([value], kind), "last": ["2"]})
        with pytest.raises(RejectedError, match=f"a column has more than {MAX_LEVELS} levels"):
            spool(table(body), tmp_path / "file")


def damaged() -> list[bytes]:
    body = parquet(NUMBERS, row_group_size=500, compression="zstd")
    chance = random.Random(1)
    flipped = bytearray(body)
    for at in range(100, len(body), 500):
        flipped[at] = chance.randrange(256)
    return [body[:-1], body[:100], bytes(flipped), gzip.compress(body, mtime=0)[:-9]]


@pytest.mark.parametrize("body", damaged())
def test_damage_refuses_the_object_as_a_whole(body: bytes) -> None:
    (whole,) = rows(body)
    assert whole.number == 0
    assert whole.original == body
    assert whole.fault is not None
    assert whole.fault.reason is Reason.UNREADABLE_OBJECT
    assert "/" not in whole.fault.message


def test_rows_one_by_one_are_those_of_the_view(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    body = parquet(NUMBERS, row_group_size=500)
    found = rows(body)
    assert {row.number: row.fields for row in found} == records(connection, body, tmp_path)
    assert [row.number for row in found] == list(range(1, 3001))
    assert json.loads(found[7].original) == found[7].fields


def test_reading_parquet_goes_on_from_any_row() -> None:
    body = parquet(NUMBERS)
    first = table(body)
    before = list(islice(first, 1234))
    assert before + list(open_rows(io.BytesIO(body), start=first.position)) == rows(body)


def test_damage_is_found_whatever_the_columns_are_called(tmp_path: Path) -> None:
    columns = {"file": list(range(2000)), "name": [f"nnnnnnnn{at}" for at in range(2000)]}
    body = bytearray(parquet(columns, compression="snappy", use_dictionary=False))
    of_names = pq.ParquetFile(io.BytesIO(body)).metadata.row_group(0).column(1).data_page_offset
    body[of_names + 40 : of_names + 400] = b"\xff" * 360
    with pytest.raises(RejectedError) as refused:
        spool(table(bytes(body)), tmp_path / "file")
    assert refused.value.rejection.reason is Reason.UNREADABLE_OBJECT


ENTRIES = pa.map_(pa.string(), pa.list_(pa.map_(pa.int64(), pa.timestamp("us", tz="UTC"))))
NESTED = {
    "buyer": pa.array(
        [None, {"mail": {"to": b"caf\xc3\xa9"}, "tags": ["x"]}],
        pa.struct(
            [
                ("mail", pa.struct([("to", pa.binary())])),
                ("tags", pa.list_(pa.string())),
            ]
        ),
    ),
    "lines": pa.array([None, [{"sku": 1}, None]], pa.list_(pa.struct([("sku", pa.int8())]))),
    "notes": pa.array([None, [("a", [[(1, 0), (1, None)]]), ("a", None)]], ENTRIES),
    "grid": pa.array([None, [[{"x": 1}]]], pa.list_(pa.list_(pa.struct([("x", pa.int8())])))),
    "raw": pa.array([None, [b"\xff", b"x", None]]),
    "pair": pa.array([None, [1, 2]], pa.list_(pa.int8(), 2)),
}


def test_what_is_nested_is_texts_too_and_a_map_may_have_a_key_twice(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    entry = [{"key": "1", "value": "1970-01-01 00:00:00+00"}, {"key": "1", "value": None}]
    assert records(connection, parquet(NESTED), tmp_path) == {
        1: dict.fromkeys(NESTED),
        2: {
            "buyer": {"mail": {"to": "café"}, "tags": ["x"]},
            "lines": [{"sku": "1"}, None],
            "notes": [{"key": "a", "value": [entry]}, {"key": "a", "value": None}],
            "grid": [[{"x": "1"}]],
            "raw": ["\\xFF", "x", None],
            "pair": ["1", "2"],
        },
    }


def test_the_ways_to_fields_are_known_without_any_row(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    found = []
    for some in (2, 0):
        body = parquet({name: column[:some] for name, column in NESTED.items()})
        spool(table(body), path)
        found.append(leave_source(connection, path))
    assert found[0] == found[1]
    assert set(found[0]) == {
        ("buyer", "mail", "to"),
        ("buyer", "tags"),
        ("lines", EACH, "sku"),
        ("notes", EACH, "key"),
        ("notes", EACH, "value"),
        ("grid",),
        ("raw",),
        ("pair",),
    }
