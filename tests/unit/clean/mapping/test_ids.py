"""A source's keys become ids of ours: the same ones for ever, and nobody else's."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.mappings import ITEM, ITEMS, mapped, mapping

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LINES = """
entities:
  transaction_line:
    columns:
      transaction_id: order
      line_no: {value: "1"}
      item_id: sku
      customer_id: {parts: [branch, [card, card no]]}
      vendor_id: {value: Us}
      category_id: {value: "1", as: own}
      unit_price: {value: "1"}
      qty: {value: "1"}
      total_price: {value: "1"}
      sold_at: {value: "2026-03-17"}
  payment:
    columns:
      payment_id: order
      transaction_id: order
      method: {value: card}
      status: {value: captured}
      amount: {value: "1"}
      paid_at: {value: "2026-03-17"}
"""
LINE = {"order": "B-1", "sku": "A-1", "branch": "HH", "Card No": "7"}


def item_id(connection: DuckDBPyConnection, text: str = ITEMS, **fields: Any) -> int:
    outcome = mapped(connection, mapping(text), [ITEM | fields])
    found: int = outcome.rows["item"][0]["item_id"]
    return found


def digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def test_ids_are_60_bits_of_the_key_s_digest_above_those_of_the_api(
    connection: DuckDBPyConnection,
) -> None:
    expected = (1 << 60) | int(digest("shop", "item", "A-1")[:15], 16)
    assert item_id(connection) == expected == 1366602917974741692


def test_an_id_depends_on_nothing_but_namespace_entity_and_key(
    connection: DuckDBPyConnection,
) -> None:
    ours = item_id(connection)
    assert item_id(connection, sku=" A-1\u00a0", name="Pot", price="7") == ours
    assert item_id(connection, f"namespace: other\n{ITEMS}") != ours
    assert item_id(connection, sku="a-1") != ours
    renamed = mapped(connection, mapping(f"namespace: shop\n{ITEMS}", "new-name"), [ITEM])
    assert renamed.rows["item"][0]["item_id"] == ours


def test_keys_that_ignore_case_are_one(connection: DuckDBPyConnection) -> None:
    text = ITEMS.replace("item_id: sku", "item_id: {from: sku, ignore_case: true}")
    assert item_id(connection, text, sku="Ä-1") == item_id(connection, text, sku="ä-1")


def test_one_transaction_has_one_uuid_in_whatever_entity(connection: DuckDBPyConnection) -> None:
    outcome = mapped(connection, mapping(LINES), [LINE])
    assert outcome.rejected == {}
    (line,), (payment,) = outcome.rows["transaction_line"], outcome.rows["payment"]
    assert line["transaction_id"] == payment["transaction_id"]
    found = uuid.UUID(line["transaction_id"])
    assert (found.version, found.variant) == (8, uuid.RFC_4122)
    assert str(found).replace("-", "")[:12] == digest("shop", "transaction", "B-1")[:12]
    assert str(found) == "d628051e-0a88-8034-90a4-66250e4fdc42"


def test_a_key_of_parts_is_all_of_them_or_none(connection: DuckDBPyConnection) -> None:
    outcome = mapped(connection, mapping(LINES), [LINE, LINE | {"branch": ""}])
    (line,) = outcome.rows["transaction_line"]
    expected = (1 << 60) | int(digest("shop", "customer", "HH", "7")[:15], 16)
    assert line["customer_id"] == expected
    assert outcome.rejected[2][0] == "missing_field"
    assert "customer_id" in outcome.rejected[2][1]


@pytest.mark.parametrize(("sku", "code"), [("7", None), ("A-1", "bad_type"), ("0", "out_of_range")])
def test_an_id_that_is_ours_already_stays_as_it_is(
    connection: DuckDBPyConnection, sku: str, code: str | None
) -> None:
    text = ITEMS.replace("item_id: sku", "item_id: {from: sku, as: own}")
    outcome = mapped(connection, mapping(text), [ITEM | {"sku": sku}])
    assert [found for found, _ in outcome.rejected.values()] == ([code] if code else [])
    assert [row["item_id"] for row in outcome.rows.get("item", [])] == ([] if code else [7])


UNNUMBERED = LINES.replace(
    'line_no: {value: "1"}', "line_no: {parts: [sku, size], ignore_case: true}"
)


def test_a_line_without_a_number_has_one_by_what_tells_it_apart(
    connection: DuckDBPyConnection,
) -> None:
    told = [("A-1", "L"), ("A-1", "M"), ("a-1", "l"), ("A-1L", "")]
    lines = [LINE | {"sku": sku, "size": size} for sku, size in told]
    outcome = mapped(connection, mapping(UNNUMBERED), lines)
    numbers = [line["line_no"] for line in outcome.rows["transaction_line"]]
    assert numbers == [1 + int(digest("a-1", size)[:15], 16) % (2**31 - 1) for size in "lml"]
    assert outcome.rejected[4][0] == "missing_field"
