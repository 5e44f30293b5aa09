"""The mappings that ship, on files as their shops write them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from lambdas.clean.mapping import Mappings
from tests.mappings import SAMPLES, SOURCES, Outcome, mapped, mapping, records

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FILES = {"kaufhaus-nord": "kaufhaus-nord.csv", "hafenladen": "hafenladen.ndjson"}


def cleaned(connection: DuckDBPyConnection, name: str) -> Outcome:
    source = Mappings.of_folder(SOURCES).by_name[name]
    return mapped(connection, source, records(SAMPLES / FILES[name]))


def test_a_flat_export_of_a_till(connection: DuckDBPyConnection) -> None:
    outcome = cleaned(connection, "kaufhaus-nord")
    assert {record: code for record, (code, _) in outcome.rejected.items()} == {6: "bad_type"}
    lines = outcome.rows["transaction_line"]
    assert [(line["total_price"], line["deleted"]) for line in lines] == [
        (Decimal("1234.50"), False),
        (Decimal("25.80"), False),
        (Decimal("1234.50"), False),
        (Decimal("59.88"), True),
    ]
    assert len({line["transaction_id"] for line in lines}) == 3
    assert {row["first_name"] for row in outcome.rows["customer"]} == {"Jörg", "Grace", "Søren"}
    assert outcome.rows["item"][0]["item_name"] == 'Kochtopf "Elbe", 24 cm'


def test_orders_of_a_web_shop_with_lines_in_them(connection: DuckDBPyConnection) -> None:
    outcome = cleaned(connection, "hafenladen")
    assert outcome.rejected == {
        4: ("bad_type", "line 1: unit_price is not an amount with at most 2 decimal places")
    }
    lines = outcome.rows["transaction_line"]
    assert [(row["line_no"], row["total_price"], row["deleted"]) for row in lines] == [
        (1, Decimal("25.00"), False),
        (2, Decimal("7.20"), False),
        (1, Decimal("12.50"), True),
    ]
    payments = outcome.rows["payment"]
    assert [(row["method"], row["status"]) for row in payments] == [
        ("card", "captured"),
        ("wallet", "cancelled"),
        ("invoice", "captured"),
    ]
    assert {row["transaction_id"] for row in lines} <= {row["transaction_id"] for row in payments}


def test_a_line_keeps_its_number_when_its_order_comes_again_without_another(
    connection: DuckDBPyConnection,
) -> None:
    source = Mappings.of_folder(SOURCES).by_name["hafenladen"]
    whole, *_ = records(SAMPLES / FILES["hafenladen"])
    rest = {**whole, "updated_ms": whole["updated_ms"] + 1, "lines": whole["lines"][1:]}
    first, second, again = mapped(connection, source, [whole, rest]).rows["transaction_line"]
    assert [each["line_no"] for each in (first, second, again)] == [1, 2, 2]
    assert again["item_id"] == second["item_id"] != first["item_id"]
    assert again["version"] > second["version"]


def test_the_hard_cases_of_the_docs_are_read_as_they_say(connection: DuckDBPyConnection) -> None:
    docs = (SOURCES.parent / "docs" / "sources.md").read_text(encoding="utf-8")
    _, _, section = docs.partition("## Hard cases")
    text = section.partition("```yaml")[2].partition("```")[0]
    names = ("Invoice", "SKU", "Customer", "Pieces", "Cents", "Day", "Clock")
    rows = [
        ("1", "A", "", "7", "110", "3/5/2024", "8:26"),
        ("2", "A", "", "1", "5", "12/24/2024", "18:00"),
        ("C2", "A", "", "-1", "5", "12/27/2024", "9:00"),
    ]
    outcome = mapped(
        connection, mapping(text), [dict(zip(names, row, strict=True)) for row in rows]
    )
    assert not outcome.rejected
    nobody, other = outcome.rows["transaction_line"]
    assert nobody["total_price"] == Decimal("7.70")
    assert nobody["sold_at"] == datetime(2024, 3, 5, 7, 26)  # noqa: DTZ001  # UTC, as all in gold
    assert nobody["customer_id"] == other["customer_id"]


def test_an_order_whose_first_row_alone_is_full_finds_its_customer_by_its_number(
    connection: DuckDBPyConnection,
) -> None:
    text = """
version: {time: Day}
entities:
  customer:
    when: Email is not null
    columns: {customer_id: Order, first_name: Name, last_name: Name, email: Email, joined_at: Day}
  transaction_line:
    columns:
      transaction_id: Order
      line_no: {parts: [SKU]}
      item_id: SKU
      customer_id: Order
      vendor_id: {value: Us}
      category_id: {value: "1", as: own}
      qty: {value: "1"}
      unit_price: Price
      total_price: Price
      sold_at: Day
"""
    order = {"Order": "1", "SKU": "A", "Price": "2", "Day": "2026-03-17"}
    full = order | {"Email": "a@x.example", "Name": "Ada"}
    outcome = mapped(connection, mapping(text), [full, order | {"SKU": "B", "Email": ""}])
    [customer] = outcome.rows["customer"]
    lines = outcome.rows["transaction_line"]
    assert [line["customer_id"] for line in lines] == [customer["customer_id"]] * 2
