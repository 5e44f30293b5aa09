"""Mappings are tried at a desk, and their schemas are those of their models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from lambdas.declared.reading import PlainLoader
from lambdas.ingest.pulls import FOLDER
from local.sources.__main__ import main, name_of
from local.sources.schema import described, files, pulls
from tests.mappings import ITEMS, SAMPLES, SOURCES

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["infer", "nowhere.csv"]) == 1
    assert "nowhere.csv" in capsys.readouterr().err


def test_a_trial_tells_what_would_become_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    files = str(SOURCES / "kaufhaus-nord.yaml"), str(SAMPLES / "kaufhaus-nord.csv")
    assert main(["check", *files]) == 1, "one is refused"
    told = capsys.readouterr().out
    assert "6 records\n  accepted 4, quarantined 1\n  duplicate 0, ignored 1\n" in told
    assert "row 6: unit_price is not an amount with the decimal mark ',' in EUR or €" in told
    assert "N-10235;1;4714;Teller;81;Ole;Hansen;ole@example.org;05.05.2021;9,9x €;1" in told
    assert "transaction_line: 4 rows" in told
    assert "total_price=25.80" in told


def test_a_trial_suggests_which_column_was_renamed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping, file = tmp_path / "shop.yaml", tmp_path / "items.csv"
    mapping.write_text(ITEMS)
    file.write_text("sku,name,price (net),changed,colour\nA,Pan,1,2026-03-17,red\n")
    assert main(["check", str(mapping), str(file)]) == 1
    told = capsys.readouterr().out
    assert "the object's columns are not those of its mapping: it lacks price" in told
    assert "no column price; is it price (net)? Then add that as an alias" in told
    assert "columns that the mapping does not ask for: price (net), colour" in told


def test_a_trial_reads_a_file_by_the_hints_of_its_mapping(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping, file = tmp_path / "shop.yaml", tmp_path / "items.csv"
    hints = "format: {header: true, columns: [sku, name, price, changed]}\n"
    mapping.write_text(f"{hints}ignore: sku = 'SKU no.'{ITEMS}")
    file.write_text("A report\nSKU no.,Title,Net,At\nA,Pan,1,2026-03-17\n")
    assert main(["check", str(mapping), str(file)]) == 0
    told = capsys.readouterr().out
    assert "accepted 1, quarantined 0\n  duplicate 0, ignored 1" in told
    assert "column" not in told


def test_a_trial_of_good_rows_succeeds_and_a_bad_mapping_fails_by_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping, file = tmp_path / "shop.yaml", tmp_path / "items.csv"
    mapping.write_text(ITEMS)
    file.write_text("sku,name,price,changed\nA,Pan,1,2026-03-17\n")
    assert main(["check", str(mapping), str(file)]) == 0
    mapping.write_text(ITEMS.replace("price: price", "cost: price"))
    assert main(["check", str(mapping), str(file)]) == 1
    assert "sources/shop.yaml: entities.item.columns.cost" in capsys.readouterr().err


def test_a_trial_of_mails_tells_what_is_read_ignored_and_attached(
    capsys: pytest.CaptureFixture[str],
) -> None:
    mails = SAMPLES / "mail"
    mapping = str(SOURCES / "kaufhaus-nord-mail.yaml")
    assert main(["check", mapping, str(mails / "kaufhaus-nord-order.eml")]) == 0
    told = capsys.readouterr().out
    assert "1 records\n  accepted 1, quarantined 0\n" in told
    assert "transaction_line: 2 rows" in told
    assert "columns" not in told
    assert main(["check", mapping, str(mails / "kaufhaus-nord-till.eml")]) == 0
    told = capsys.readouterr().out
    assert "ignored: no template is for the mail" in told
    assert "attached, for kaufhaus-nord: Kasse Altona 18.03.csv, 896 bytes" in told
    assert "attached, for nobody: 1" in told


@pytest.mark.parametrize(
    ("file", "name"), [("Kaufhaus_2026-03.csv.gz", "kaufhaus"), ("A B.txt", "a-b"), ("1", "source")]
)
def test_a_source_is_named_after_its_file(tmp_path: Path, file: str, name: str) -> None:
    assert name_of(tmp_path / file) == name


def test_the_schemas_are_up_to_date() -> None:
    for path, text in files().items():
        assert path.read_text() == text, "python -m local.sources schema"
    assert main(["schema", "--check"]) == 0


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.yaml")), ids=lambda path: path.stem)
def test_mappings_keep_to_the_schema(path: Path) -> None:
    jsonschema.validate(yaml.load(path.read_text(), PlainLoader), described())  # noqa: S506


@pytest.mark.parametrize(
    "text",
    [
        ITEMS.replace("price: price", "cost: price"),
        ITEMS.replace("  item:", "  car:"),
        ITEMS.replace("price: price", "price: {form: price}"),
        f"drift: never\n{ITEMS}",
        "description: nothing",
    ],
)
def test_the_schema_refuses_what_the_mapping_cannot_be(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.load(text, PlainLoader), described())  # noqa: S506


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_pulls_keep_to_theirs(path: Path) -> None:
    said = yaml.safe_load(path.read_text())  # as editors do, to whom numbers are numbers
    jsonschema.validate(said, pulls())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**said, "shedule": "rate(1 hour)"}, pulls())
