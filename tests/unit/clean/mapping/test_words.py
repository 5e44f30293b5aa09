"""Synonyms: what a shop calls by words of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.contracts import ColumnType
from tests.mappings import mapped, mapping, read

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PAYMENTS = """
entities:
  payment:
    columns:
      payment_id: ref
      transaction_id: order
      method: {from: kind, words: {card: [CreditCard, "EC-Karte (PIN)"], cash: Bar}}
      status: {value: captured}
      amount: {from: total, words: {"0": [free, gratis]}}
      paid_at: at
"""
PAYMENT = {"ref": "p", "order": "o", "total": "5", "at": "2026-03-17"}


def test_truth_has_its_english_words_and_those_of_the_mapping(
    connection: DuckDBPyConnection,
) -> None:
    english = {"Yes": "true", "n": "false", "1": "true", "TRUE": "true", "ja": None, "2": None}
    assert read(connection, ColumnType.BOOLEAN, english) == english
    german = {"Ja": "true", "NEIN": "false", "true": "true", "yes": None}
    words = {"true": ["ja"], "false": ["nein"]}
    assert read(connection, ColumnType.BOOLEAN, german, words) == german


def test_a_text_is_what_its_synonym_says_in_any_case_and_whole(
    connection: DuckDBPyConnection,
) -> None:
    texts = {"CREDITCARD": "card", "EC-Karte (pin)": "card", "bar": "cash", "Barzahlung": None}
    records = [PAYMENT | {"kind": text} for text in texts]
    outcome = mapped(connection, mapping(PAYMENTS), records)
    assert [row["method"] for row in outcome.rows["payment"]] == ["card", "card", "cash"]
    [(record, (_, message))] = outcome.rejected.items()
    assert record == 4, "a word that is unknown stays, for the contract to judge"
    assert "method" in message


def test_an_amount_may_have_a_word(connection: DuckDBPyConnection) -> None:
    records = [PAYMENT | {"kind": "bar", "total": text} for text in ("Gratis", "7,50", "much")]
    outcome = mapped(connection, mapping(PAYMENTS), records)
    assert [str(row["amount"]) for row in outcome.rows["payment"]] == ["0.00", "7.50"]
    assert outcome.rejected[3][0] == "bad_type"
