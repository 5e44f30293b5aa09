"""A draft of a mapping is a mapping, and says what it is not sure of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from lambdas.clean.mapping import load
from lambdas.contracts import BY_ENTITY
from lambdas.declared.reading import PlainLoader
from lambdas.ingest.pulls import FOLDER
from local.sources.__main__ import main, name_of
from local.sources.schema import described, files, pulls
from tests.mappings import ITEMS, SAMPLES, SOURCES, mapped, records

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection


def drafted(capsys: pytest.CaptureFixture[str], *files: Path) -> str:
    assert main(["infer", *map(str, files)]) == 0
    return capsys.readouterr().out


def test_a_draft_of_a_flat_export_reads_it(
    connection: DuckDBPyConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = drafted(capsys, SAMPLES / "kaufhaus-nord.csv")
    source = load(draft, "kaufhaus")
    assert source.format.hints().encoding == "cp1252"
    assert source.reading.decimal == ","
    assert source.reading.dates == ("%d.%m.%Y %H:%M", "%d.%m.%Y")
    assert "# Not asked for: Status, Filiale" in draft
    outcome = mapped(connection, source, records(SAMPLES / "kaufhaus-nord.csv"))
    assert set(outcome.rows) == {"transaction_line", "item", "customer"}
    assert {record: code for record, (code, _) in outcome.rejected.items()} == {
        3: "missing_field",  # Mrs. Null: a mapping with names in it says its own absent words
        6: "bad_type",
    }


def test_a_draft_of_nested_orders_goes_through_their_lines(
    connection: DuckDBPyConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    source = load(drafted(capsys, SAMPLES / "hafenladen.ndjson"), "hafenladen")
    line = source.entities["transaction_line"]
    assert line.each == "lines"
    assert line.columns["total_price"].sql == "parsed.qty * parsed.unit_price"
    outcome = mapped(connection, source, records(SAMPLES / "hafenladen.ndjson"))
    assert len(outcome.rows["transaction_line"]) == 3


EXPORTS: dict[str, tuple[list[str], str, dict[str, int]]] = {
    "web shop": (
        [
            "Name,Email,Total,Created at,Lineitem quantity,Lineitem price,Lineitem sku,Buyer",
            "#1001,a@x.example,9.50,2026-10-02 10:01:01 +0100,1,2.50,S-1,Ada L.",
            "#1001,a@x.example,,2026-10-02 10:01:01 +0100,2,3.50,S-2,",
            "#1002,b@x.example,3.50,2026-10-03 10:01:01 +0100,1,3.50,S-2,Bo",
        ],
        "utf-8",
        {"transaction_line": 3, "customer": 2},
    ),
    "wholesaler": (
        [
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
            "536365,85123A,HEART,6,12/1/2010 8:26,2.55,17850,UK",
            "536367,21755,BLOCK,3,12/13/2010 8:34,5.95,13047,UK",
            "536367,21755,BLOCK,2,12/13/2010 8:34,5.95,13047,UK",
        ],
        "utf-8",
        {"transaction_line": 3, "item": 3},
    ),
    "sums alone": (
        [
            "Order ID,Order Date,Ship Date,Customer ID,Product ID,Category,Sales,Quantity",
            "CA-1,11/8/2016,11/28/2016,C-1,F-1,Chairs,957.5775,5",
            "CA-2,6/12/2016,6/16/2016,C-1,F-1,Chairs,14.62,2",
        ],
        "utf-8",
        {"transaction_line": 2, "category": 2},
    ),
    "in Portuguese": (
        [
            "Pedido;Código do produto;Produto;Quantidade;Preço unitário;Data da venda;Cliente",
            "P1;C1;Pão;2;R$ 1.234,50;01/03/2026 14:00;João",
            "P1;C2;Açúcar;1;R$ 3,10;17/03/2026 14:01;João",
        ],
        "latin-1",
        {"transaction_line": 2, "item": 2},
    ),
    "spreadsheet": (
        [
            "OrderID\tSKU\tQty\tUnit Price\tOrder Date\tBuyer",
            "9001\tZ-1\t2\t1.5\t3/28/2026 3:01 PM\tBob",
        ],
        "utf-16",
        {"transaction_line": 1},
    ),
    "an API's page": (
        [
            '{"page": 1, "orders": [{"name": "#1001", "email": "a@x.example", "total_price": "9",',
            '"created_at": "2026-01-10T11:00:00-05:00",',
            '"customer": {"id": 7, "first_name": "Ada", "last_name": "L"}, "line_items": [',
            '{"id": 11, "sku": "S-1", "title": "Mug", "quantity": 1, "price": "2.50"},',
            '{"id": 12, "sku": "S-1", "title": "Mug", "quantity": 2, "price": "3.50"}]}]}',
        ],
        "utf-8",
        {"transaction_line": 2, "customer": 1, "item": 2},
    ),
    "what visitors did": (
        [
            "event_time,event_type,product_id,price,user_id,user_session",
            "2019-10-01 00:00:01 UTC,cart,39,3.2,55,93",
            "2019-10-01 00:00:04 UTC,purchase,39,3.2,55,93",
        ],
        "utf-8",
        {"interaction": 2},
    ),
}
"""Such as shop systems write: no line numbers, and not all that a customer or an item needs."""


def exported(folder: Path, export: str) -> Path:
    lines, encoding, _ = EXPORTS[export]
    path = folder / "export.csv"
    path.write_text("\n".join(lines), encoding)
    return path


@pytest.mark.parametrize("export", EXPORTS)
def test_a_draft_of_an_unfamiliar_export_reads_all_of_it_as_it_is(
    export: str,
    connection: DuckDBPyConnection,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = exported(tmp_path, export)
    source = load(drafted(capsys, path), "shop")
    outcome = mapped(connection, source, records(path, source))
    assert not outcome.rejected
    rows = EXPORTS[export][2]
    assert {entity: len(found) for entity, found in outcome.rows.items()} == rows
    for entity in rows.keys() & {"transaction_line", "interaction"}:
        keys = [tuple(row[name] for name in BY_ENTITY[entity].key) for row in outcome.rows[entity]]
        assert len(set(keys)) == len(keys)


def test_files_of_one_shop_are_drafted_by_kind_under_one_namespace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = "customer no,first name,surname,e-mail,joined\n1,Ada,L,a@example.org,2026-03-01\n"
    orders = "order,line,sku,customer no,qty,price,date\nA,1,S,1,1,1.50,2026-03-17\n"
    files = {"acme_people.csv": people, "acme_orders_1.csv": orders, "acme_orders_2.csv": orders}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    draft = drafted(capsys, *(tmp_path / name for name in files))
    _, *mappings = draft.split("# ---- sources/")
    assert [each.partition("\n")[0] for each in mappings] == [
        "acme-people.yaml",
        "acme-orders.yaml",
    ]
    loaded = [load(each.partition("\n")[2], "acme") for each in mappings]
    assert [set(each.entities) for each in loaded] == [{"customer"}, {"transaction_line"}]
    assert {each.namespace for each in loaded} == {"acme"}
    assert loaded[1].entities["transaction_line"].columns["vendor_id"].value == "acme"


def test_files_of_one_name_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for year, text in ((2025, "a,b\n1,2\n"), (2026, "c,d\n1,2\n")):
        (tmp_path / f"{year}.csv").write_text(text)
    draft = drafted(capsys, tmp_path / "2025.csv", tmp_path / "2026.csv")
    assert "# ---- sources/source.yaml\n" in draft
    assert "# ---- sources/source-2.yaml\n" in draft


def test_what_folders_name_is_drafted_and_tried_as_a_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for day, sku in (("17", "S1"), ("18", "S2")):
        folder = tmp_path / f"dt=2026-03-{day}" / "country=DE"
        folder.mkdir(parents=True)
        (folder / "sales.csv").write_text(f"sku,name,price\n{sku},Spoon,2.50\n")
    files = sorted(tmp_path.rglob("*.csv"))
    mapping = tmp_path / "till.yaml"
    mapping.write_text(drafted(capsys, *files))
    assert main(["check", str(mapping), *map(str, files)]) == 0
    told = capsys.readouterr().out
    assert "updated_at=2026-03-17" in told
    assert "updated_at=2026-03-18" in told
    assert "does not ask for" not in told


def test_days_and_months_are_told_apart_by_any_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 'dates: ["%m/%d/%Y"]' in drafted(capsys, exported(tmp_path, "sums alone"))


def test_what_an_entity_lacks_does_not_keep_the_rest_from_being_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = drafted(capsys, exported(tmp_path, "spreadsheet"))
    assert "  ## lacks email: say these, and take the marks off\n  # customer:\n" in draft


def test_fields_that_some_records_lack_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "orders.csv"
    lines = ["A,1,S,C,1,1.50,2026-03-17", "B,1,S,,1,1.50,2026-03-17"]
    path.write_text("\n".join(["order,line,sku,client no,qty,price,date", *lines]))
    assert "1 of 2 records have none: refused, without a `default`" in drafted(capsys, path)


def test_what_no_sample_tells_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Orders_2026.csv"
    path.write_text("order,line,sku,client no,qty,price,date\nA,1,S,C,1,1.50,03/04/2026\n")
    draft = drafted(capsys, path)
    assert "## no sample tells %d/%m/%Y from %m/%d/%Y: say which it is" in draft
    assert 'category_id: {value: "1", as: own}  ## General' in draft


def test_what_a_contract_needs_and_no_column_has_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clients.csv"
    path.write_text("customer no,first name,surname,e-mail\n1,Ada,L,a@example.org\n")
    assert "## joined_at: is needed. When the customer signed up" in drafted(capsys, path)


def test_columns_of_no_entity_draft_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    assert "no entity was found" in drafted(capsys, path)


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
