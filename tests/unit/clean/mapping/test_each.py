"""Records with lists in them: an order with its lines, as shops' APIs give it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.clean.mapping import Columns, MappingError, drift, ignored_sql, load
from lambdas.engine import literal, statement
from tests.mappings import Outcome, mapped, mapping

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

ORDERS = """
entities:
  transaction_line:
    each: lines
    columns:
      transaction_id: id
      line_no: {sql: parsed.position}
      item_id: lines.product.sku
      customer_id: buyer.id
      vendor_id: {value: Us}
      category_id: {value: "1", as: own}
      unit_price: lines.price
      qty: lines.qty
      total_price: {sql: parsed.qty * parsed.unit_price}
      sold_at: at
  customer:
    columns: {customer_id: buyer.id, first_name: buyer.first, last_name: buyer.last,
              email: buyer.mail, joined_at: at}
"""
BUYER = {"id": 5, "first": "Ada", "last": "L", "mail": "a@example.org"}


def line(sku: str, **fields: Any) -> dict[str, Any]:
    return {"product": {"SKU": sku}, "price": Decimal("1.50"), "qty": 2, **fields}


def order(*lines: Any, **fields: Any) -> dict[str, Any]:
    return {"id": "o1", "buyer": BUYER, "at": "2026-03-17T10:00:00Z", "lines": [*lines], **fields}


def orders(connection: DuckDBPyConnection, *records: dict[str, Any]) -> Outcome:
    return mapped(connection, mapping(ORDERS), records)


def test_each_member_of_a_list_is_a_row(connection: DuckDBPyConnection) -> None:
    outcome = orders(connection, order(line("A"), line("B", qty=3)))
    assert outcome.rejected == {}
    rows = outcome.rows["transaction_line"]
    assert [(row["line_no"], row["total_price"]) for row in rows] == [
        (1, Decimal("3.00")),
        (2, Decimal("4.50")),
    ]
    assert rows[0]["item_id"] != rows[1]["item_id"]
    assert len(outcome.rows["customer"]) == 1


def test_one_bad_line_refuses_its_order_and_is_told(connection: DuckDBPyConnection) -> None:
    outcome = orders(connection, order(line("A"), line("B", qty="many")), order(line("C"), id="o2"))
    [(record, (code, message))] = outcome.rejected.items()
    assert (record, code) == (1, "bad_type")
    assert message.startswith("line 2: qty is not")
    assert len(outcome.rows["transaction_line"]) == 1


@pytest.mark.parametrize(("lines", "rows"), [([], 0), (None, 0), ("none", 0), (line("A"), 1)])
def test_an_object_in_place_of_a_list_is_its_only_member_and_nothing_else_is_any(
    connection: DuckDBPyConnection, lines: Any, rows: int
) -> None:
    outcome = orders(connection, order(line("A"), id="o0"), order() | {"lines": lines})
    assert len(outcome.rows["transaction_line"]) == 1 + rows
    assert len(outcome.rows["customer"]) == 2
    assert outcome.judged.records == 2, "its customer is there all the same"


def test_a_record_without_members_is_ignored_if_it_yields_nothing_else(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    source = load(ORDERS.partition("  customer:")[0], "shop")
    outcome = mapped(connection, source, [order(), order(line("A"))])
    assert outcome.judged.records == 1
    columns = Columns()
    columns.add(order(line("A")))
    path = tmp_path / "fields.ndjson"
    lines = [{"record": 1, "fields": {"lines": []}}, {"record": 2, "fields": {"lines": [{}]}}]
    path.write_text("\n".join(map(json.dumps, lines)))
    connection.execute(statement("clean/fields", path=literal(path)))
    connection.execute(ignored_sql(source, tuple(columns)))
    assert connection.execute("from ignored").fetchall() == [(1,)]


def test_the_columns_of_members_drift_like_others() -> None:
    columns = Columns()
    columns.add(order(line("A", colour="red")))
    found = drift(load(ORDERS, "shop"), tuple(columns))
    assert (found.new, found.missing, found.refusal) == (("lines.[].colour",), (), None)
    columns = Columns()
    columns.add({key: value for key, value in order().items() if key != "lines"})
    refusal = drift(load(ORDERS, "shop"), tuple(columns)).refusal
    assert refusal
    assert "it lacks lines, lines.product.sku" in refusal.message


def test_what_is_ignored_is_told_of_the_record_and_not_of_a_member() -> None:
    with pytest.raises(MappingError, match=r"yaml: ignore: lines\.qty is not the record's"):
        load("drift: permissive\nignore: '\"lines.qty\" is null'" + ORDERS, "shop")


def test_a_member_s_field_is_out_of_reach_for_who_does_not_go_through_the_list() -> None:
    text = ORDERS.replace("email: buyer.mail", "email: lines.qty")
    columns = Columns()
    columns.add(order(line("A")))
    assert drift(load(text, "shop"), tuple(columns)).missing == ("lines.qty",)
    with pytest.raises(MappingError, match=r"when: lines\.qty is not the record's"):
        load(
            ORDERS.replace("each: lines", "each: lines\n    when: '\"lines.qty\" is null'"), "shop"
        )
