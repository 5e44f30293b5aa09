"""What folders say of the records in them, as Hive and Spark file what they write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lambdas.clean.mapping.labels import asked_for, labelled, labels
from lambdas.clean.mapping.statements import parsers
from lambdas.engine import literal, statement

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("raw/shop/2026/orders.csv", {}),
        ("raw/shop/year=2026/month=03/part-0.parquet", {"year": "2026", "month": "03"}),
        ("raw/shop/store=B%C3%A4r%2FNord/at=12%3A30/x.csv", {"store": "Bär/Nord", "at": "12:30"}),
        ("raw/shop/country=__HIVE_DEFAULT_PARTITION__/city=/x.csv", {}),
        ("raw/shop/=5/=d=e/a=b=c/x.csv", {"a": "b=c"}),
        ("raw/shop/day=1/day=2/name=value.csv", {"day": "2"}),
    ],
)
def test_folders_name_columns_and_their_texts(key: str, told: dict[str, str]) -> None:
    assert labels(key) == told


def test_only_what_the_mapping_asks_for_counts_in_whatever_spelling() -> None:
    given = {"Order_Date": "2026-03-17", "country": "DE"}
    assert asked_for(given, frozenset({"orderdate"})) == {"Order_Date": "2026-03-17"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [{"dt": "own", "n": {"a": ["1"]}}, {"n": None}]),
        (
            {"dt": 'it\'s "5"'},
            [{"dt": "own", "dt ": 'it\'s "5"', "n": {"a": ["1"]}}, {"dt ": 'it\'s "5"'}],
        ),
    ],
)
def test_what_a_folder_says_stands_beside_what_the_record_says(
    connection: DuckDBPyConnection, tmp_path: Path, given: dict[str, str], expected: list[object]
) -> None:
    path = tmp_path / "source.ndjson"
    own = [{"dt": "own", "n": {"a": ["1"]}}, {"n": None}]
    path.write_text(
        "".join(json.dumps({"record": n, "fields": each}) + "\n" for n, each in enumerate(own))
    )
    connection.execute(parsers() + labelled(given))
    connection.execute(statement("clean/fields", path=literal(path)))
    found = connection.execute("select fields from source order by record").fetchall()
    assert [json.loads(fields) for (fields,) in found] == expected
