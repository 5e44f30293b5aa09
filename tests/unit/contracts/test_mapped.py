"""A shop's own exports become rows of the new entities, by a mapping and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.mappings import mapped, mapping

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ORDERS = mapping(
    """
reading: {decimal: ",", currency: [€]}
entities:
  payment:
    columns:
      payment_id: Beleg
      transaction_id: Bestellung
      customer_id: Kunde
      coupon_id: Gutschein
      method: {from: Zahlart, words: {card: [Karte], invoice: [Rechnung]}}
      status: {from: Stand, words: {captured: [bezahlt]}}
      amount: Betrag
      paid_at: Zeit
  loyalty_entry:
    when: Punkte is not null
    columns:
      entry_id: Beleg
      customer_id: Kunde
      transaction_id: Bestellung
      entry_type: {value: earn}
      points: Punkte
      booked_at: Zeit
  fulfilment:
    columns:
      fulfilment_id: Beleg
      transaction_id: Bestellung
      location_id: Lager
      status: {value: pending}
      created_at: Zeit
  stock_movement:
    columns:
      movement_id: Beleg
      item_id: Artikel
      location_id: Lager
      transaction_id: Bestellung
      movement_type: {value: sale}
      qty: Bewegung
      moved_at: Zeit
""",
    "nord",
)
ORDER = {
    "Beleg": "R-1",
    "Bestellung": "B-7",
    "Kunde": "77",
    "Gutschein": "FRÜHLING",
    "Zahlart": "Karte",
    "Stand": "bezahlt",
    "Betrag": "1.234,50 €",
    "Zeit": "2026-03-17T23:30:00-02:00",
    "Punkte": "12",
    "Lager": "Hafen",
    "Artikel": "A-1",
    "Bewegung": "-2",
}
CLICKS = mapping(
    """
entities:
  interaction:
    columns:
      interaction_id: event.id
      session_id: session
      customer_id: user
      item_id: sku
      interaction_type: {from: event.name, words: {view: [page_view], cart_add: [add_to_cart]}}
      device: ua.class
      occurred_at: {from: at, dates: [epoch_ms]}
""",
    "nord",
)
CLICK = {
    "event": {"id": "e-1", "name": "page_view"},
    "session": "cookie-of-somebody",
    "user": None,
    "sku": "A-1",
    "ua": {"class": "mobile"},
    "at": "1773781200000",
}


def test_one_order_is_a_payment_points_a_parcel_and_a_movement_of_one_transaction(
    connection: DuckDBPyConnection,
) -> None:
    outcome = mapped(connection, ORDERS, [ORDER])
    assert outcome.rejected == {}
    rows = {entity: row for entity, (row,) in outcome.rows.items()}
    assert len({row["transaction_id"] for row in rows.values()}) == 1
    assert {row["date_id"] for row in rows.values()} == {20260318}, "the day in UTC"
    payment = rows["payment"]
    assert (payment["method"], payment["status"]) == ("card", "captured")
    assert (payment["amount"], payment["refunded_amount"]) == (Decimal("1234.50"), None)
    assert payment["customer_id"] == rows["loyalty_entry"]["customer_id"]
    assert rows["fulfilment"]["location_id"] == rows["stock_movement"]["location_id"]


def test_a_record_is_refused_whole_for_a_word_that_one_entity_does_not_allow(
    connection: DuckDBPyConnection,
) -> None:
    outcome = mapped(connection, ORDERS, [ORDER | {"Stand": "Mahnung"}, ORDER | {"Punkte": None}])
    code, sentence = outcome.rejected[1]
    assert (code, sentence.partition(" is none of ")[0]) == ("not_allowed", "status")
    assert "loyalty_entry" not in outcome.rows
    assert len(outcome.rows["payment"]) == 1


def test_a_visit_is_told_apart_but_not_by_what_its_browser_was_given(
    connection: DuckDBPyConnection,
) -> None:
    other = CLICK | {"event": {"id": "e-2", "name": "add_to_cart"}}
    visits = mapped(connection, CLICKS, [CLICK, other, other | {"session": "x"}]).rows
    first, second, _ = visits["interaction"]
    assert [row["interaction_type"] for row in (first, second)] == ["view", "cart_add"]
    assert (first["customer_id"], first["device"], first["date_id"]) == (None, "mobile", 20260317)
    assert first["session_id"] == second["session_id"] != "cookie-of-somebody"
    ordered = mapped(connection, ORDERS, [ORDER]).rows["stock_movement"]
    assert first["item_id"] == ordered[0]["item_id"], "one shop's items, whichever file they are in"
