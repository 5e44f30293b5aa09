"""Mails, put where SES puts them, from the lake's raw zone to gold and the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.queries import ENGINES, ask
from tests.capturing import lines
from tests.e2e.waiting import told_of
from tests.mailing import written
from tests.mappings import SAMPLES

if TYPE_CHECKING:
    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
SOURCE = "raw/kaufhaus-nord-mail/"
ORDER = (SAMPLES / "mail" / "kaufhaus-nord-order.eml").read_bytes()
SOLD = """
SELECT inventory.item_name, sales.qty, CAST(sales.total_price AS VARCHAR)
FROM sales JOIN inventory ON sales.item_id = inventory.item_id
WHERE sales.date_id = {day}
ORDER BY 1
"""
TILL = {
    "Bestellnr": "N-30001",
    "Pos": "1",
    "Artikelnr": "4790",
    "Bezeichnung": "Fischmesser",
    "Kundennr": "90",
    "Vorname": "Ole",
    "Nachname": "Hansen",
    "E-Mail": "ole@example.org",
    "Kunde seit": "05.05.2021",
    "Einzelpreis": "8,50",
    "Menge": "2",
    "Datum": "01.04.2026 18:10",
    "Geändert": "",
    "Status": "offen",
}


def arrives(pipeline: Pipeline, name: str, body: bytes) -> dict[str, Any]:
    """What became of the mail, as the run's record has it."""
    pipeline.s3.put_object(Bucket=pipeline.bucket, Key=f"{SOURCE}{name}", Body=body)
    return told_of(pipeline, f"{SOURCE}{name}")


def sold(pipeline: Pipeline, engine: str, day: int) -> list[tuple[str, ...]]:
    """Name, pieces and total of each line."""
    rows = ask(pipeline.access, engine, SOLD.format(day=day)).rows
    return [tuple(map(str, row)) for row in rows]


@pytest.fixture(scope="module")
def ordered(pipeline: Pipeline) -> dict[str, Any]:
    return arrives(pipeline, "order", ORDER)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_order_by_mail_is_in_gold_and_warehouse(
    ordered: dict[str, Any], pipeline: Pipeline, engine: str
) -> None:
    assert ordered["counts"]["accepted"] == ordered["counts"]["records"] == 1
    assert sold(pipeline, engine, 20260318) == [
        ('Kochtopf "Elbe", 24 cm', "1", "1234.50"),
        ("Schöpfkelle", "2", "25.80"),
    ]


def test_the_same_mail_again_changes_nothing(ordered: dict[str, Any], pipeline: Pipeline) -> None:
    gold = {key: pipeline.etag(key) for key in pipeline.keys("gold/")}
    again = arrives(pipeline, "order-again", b"Received: by mx2\r\n" + ORDER)
    assert again["counts"] == ordered["counts"]
    assert {key: pipeline.etag(key) for key in pipeline.keys("gold/")} == gold


@pytest.mark.parametrize("engine", ENGINES)
def test_an_attached_file_comes_to_gold_by_its_own_mapping(pipeline: Pipeline, engine: str) -> None:
    mail = written("Anbei.", From="shop@kaufhaus-nord.example", Subject="Kasse")
    till = "\n".join(";".join(row) for row in (TILL, TILL.values()))
    mail.add_attachment(till.encode("cp1252"), "text", "csv", filename="Kasse.csv")
    told = arrives(pipeline, "till", mail.as_bytes())
    assert told["counts"]["ignored"] == 1
    assert told["mail"]["ignored"] == "no template is for the mail"
    [key] = told["mail"]["attached"]
    assert told_of(pipeline, key)["counts"]["accepted"] == 1
    assert sold(pipeline, engine, 20260401) == [("Fischmesser", "2", "17.00")]


def test_a_hostile_mail_costs_one_record(pipeline: Pipeline) -> None:
    deep = b"From: shop@kaufhaus-nord.example\r\nSubject: Bestellung Nr. N-1\r\n"
    deep += b"Content-Type: message/rfc822\r\n\r\n" * 500
    told = arrives(pipeline, "hostile", deep)
    assert told["counts"]["quarantined"] == told["counts"]["records"] == 1
    (entry,) = lines(pipeline.read(*told["quarantine"]))
    assert (entry["row"], entry["code"]) == (0, "mail_beyond_bounds")
