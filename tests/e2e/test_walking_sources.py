"""Files of shops, as two mappings read them, from the lake's raw zone to gold and the warehouse."""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.lake.objects import LakeBucket
from lambdas.lake.streams import ObjectStream
from local import operate
from local.queries import ENGINES, ask
from tests.capturing import lines
from tests.e2e.waiting import told_of
from tests.mappings import SAMPLES

if TYPE_CHECKING:
    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
SOLD = """
SELECT inventory.item_name, sales.qty, CAST(sales.total_price AS VARCHAR)
FROM sales JOIN inventory ON sales.item_id = inventory.item_id
WHERE sales.date_id IN (20260317, 20260329)
ORDER BY 1, 2
"""
BOUGHT = [
    ('Kochtopf "Elbe", 24 cm', "1", "1234.50"),
    ('Kochtopf "Elbe", 24 cm', "1", "1234.50"),
    ("Schöpfkelle", "2", "25.80"),
]
ORDERS = "raw/kaufhaus-nord/till.csv"
AGAIN = "raw/kaufhaus-nord/../day=1/a b+c%20é.txt".ljust(1020, "y")
NOBODYS = "raw/who//\x01\r\n\ufffe'\"{}<&?"
"""Names that S3 allows: as long as any may be, and with what XML cannot hold."""


def arrives(pipeline: Pipeline, key: str) -> dict[str, Any]:
    """What became of the sample under this key, as the run's record has it."""
    body = (SAMPLES / "kaufhaus-nord.csv").read_bytes()
    pipeline.s3.put_object(Bucket=pipeline.bucket, Key=key, Body=body)
    return told_of(pipeline, key)


def sold(pipeline: Pipeline, engine: str) -> list[tuple[str, ...]]:
    """Name, pieces and total of each line."""
    return [tuple(map(str, row)) for row in ask(pipeline.access, engine, SOLD).rows]


@pytest.fixture(scope="module")
def cleaned(pipeline: Pipeline) -> dict[str, Any]:
    return arrives(pipeline, ORDERS)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shops_sales_join_its_items_in_gold_and_warehouse(
    cleaned: dict[str, Any], pipeline: Pipeline, engine: str
) -> None:
    assert {each["table"]: each["rows"] for each in cleaned["cleaned"]} == {
        "sales": 4,
        "inventory": 4,
        "customer": 4,
    }
    assert sold(pipeline, engine) == BOUGHT, "but what was called off"


def test_a_row_that_cannot_be_read_is_in_quarantine_with_reason_and_bytes(
    cleaned: dict[str, Any], pipeline: Pipeline
) -> None:
    assert cleaned["counts"] == {
        "records": 6,
        "accepted": 4,
        "quarantined": 1,
        "duplicate": 0,
        "ignored": 1,
    }
    (entry,) = lines(pipeline.read(*cleaned["quarantine"]))
    assert (entry["source"], entry["row"], entry["code"]) == (ORDERS, 6, "bad_type")
    assert "9,9x €" in base64.b64decode(entry["original"]["base64"]).decode("cp1252")


def test_the_same_file_under_another_name_changes_nothing(
    cleaned: dict[str, Any], pipeline: Pipeline
) -> None:
    gold = {key: pipeline.etag(key) for key in pipeline.keys("gold/")}
    assert arrives(pipeline, AGAIN)["counts"] == cleaned["counts"]
    assert {key: pipeline.etag(key) for key in pipeline.keys("gold/")} == gold


def test_a_version_is_read_stretch_by_stretch(cleaned: dict[str, Any], pipeline: Pipeline) -> None:
    """As large objects are; that the emulator heeds it is not a matter of course."""
    bucket = LakeBucket(pipeline.s3, pipeline.bucket)
    stream = ObjectStream(bucket, cleaned["raw"], cleaned["version_id"], stretch=100)
    assert stream.read() == (SAMPLES / "kaufhaus-nord.csv").read_bytes()


def test_a_file_that_no_mapping_knows_is_set_aside_and_says_where_it_lies(
    pipeline: Pipeline,
) -> None:
    told = arrives(pipeline, NOBODYS)
    (entry,) = lines(pipeline.read(*told["quarantine"]))
    assert (entry["row"], entry["code"]) == (0, "unknown_source")
    assert NOBODYS in entry["message"]


def test_objects_with_refused_records_are_cleaned_anew_at_an_operators_word(
    cleaned: dict[str, Any], pipeline: Pipeline
) -> None:
    gold = {key: pipeline.etag(key) for key in pipeline.keys("gold/")}
    again = partial(operate.redrive, pipeline.access, print, source="kaufhaus-nord")
    told = again(reason="bad_type", dry_run=True)
    assert (told["started"], told["objects"], told["passed_over"]) == (1, 2, 0)
    (run,) = again(reason="bad_type")["names"]
    operate.wait_for_runs(pipeline.access, run, print)
    (record,) = (each for each in pipeline.records() if each["run"] == run)
    assert record["counts"]["quarantined"] == 2
    assert all(not table["inserted"] + table["updated"] for table in record["tables"].values())
    assert {key: pipeline.etag(key) for key in pipeline.keys("gold/")} == gold
    none = again(reason="ragged_row")
    assert (none["started"], none["passed_over"]) == (0, 2)
    assert cleaned["quarantine"][0] in set(pipeline.keys(cleaned["quarantine"][0]))
