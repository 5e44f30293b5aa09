"""A draft of a mapping is a mapping, and says what it is not sure of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.clean.mapping import load
from lambdas.contracts import BY_ENTITY
from local.sources.__main__ import main
from tests.mappings import SAMPLES, drafted, mapped, records

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection


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
    "auctions": (
        [
            "Order Number,Buyer Username,Item Number,Item Title,Quantity,Total Price,Sale Date",
            '24-1,bob_1,2253,"Lamp, old",1,"$1,234.00",Mar-05-24',
            "24-2,ann_2,2254,Vase,3,US $10.00,Mar-17-24",
        ],
        "utf-8",
        {"transaction_line": 2},
    ),
    "an old system": (
        [
            "VBELN;POSNR;MATNR;ARKTX;KUNNR;KWMENG;NETWR;ERDAT;ERZET",
            "4500000001;000010;000071;Schraube;0000100001;2,000;1.012,50;20240305;101112",
            "4500000001;000020;000072;Mutter;0000100001;7,000;1,00;20240305;235959",
        ],
        "cp1252",
        {"transaction_line": 2},
    ),
    "what was tracked": (
        [
            '{"o":{"order": 1, "sku": "P1", "price": 9, "qty": 2, "buyer": 1, "day": "20260301"}}',
            '{"o":{"order": 1, "sku": "P2", "price": 1, "qty": 1, "buyer": 1, "day": "20260301"}}',
        ],
        "utf-8",
        {"transaction_line": 2},
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
    draft = drafted(capsys, path)
    assert "entities:  ## no entity was found; this is a start\n" in draft
    assert "  #     ## item_id: is needed. Item sold\n" in draft
    path.write_text("order id,payment type,payment value\n1,card,2.50\n")
    assert "  # payment:\n" in drafted(capsys, path)
