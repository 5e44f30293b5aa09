"""Amounts and whole numbers in the spellings of shops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.contracts import ColumnType
from tests.mappings import read

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"
MINUS, TYPOGRAPHIC = "\u2212", "\u2019"

ANY_MARK = {
    "12": "12",
    "12.5": "12.5",
    "12,50": "12.50",
    "1,234.50": "1234.50",
    "1.234,50": "1234.50",
    "$1,234.50": "1234.50",
    "1.234,50 €": "1234.50",
    "1.234.567": "1234567",
    f"1{NBSP}234,50{NBSP}€": "1234.50",
    f"1{THIN}234.50": "1234.50",
    f"1{NARROW}234{NARROW}567,8": "1234567.8",
    "1'234.50": "1234.50",
    f"CHF 1{TYPOGRAPHIC}234.50": "1234.50",
    "1_234": "1234",
    "(12.00)": "-12.00",
    "($12.00)": "-12.00",
    "$(12.00)": "-12.00",
    "(12,00) €": "-12.00",
    f"{MINUS}12": "-12",
    "12-": "-12",
    "12,00 €-": "-12.00",
    "-$12": "-12",
    "$-12": "-12",
    "- 12": "-12",
    "+12": "12",
    "usd 12": "12",
    "12 EUR": "12",
    "12kr": "12",
    "US $12.50": "12.50",
    "Rs. 1,250.00": "1250.00",
    "1e3": "1000",
    "1.5E3": "1500",
    "1.25e1": "12.5",
    "15e-1": "1.5",
    "2E-3": "0.002",
    "-1.5e+2": "-150",
    ".5": "0.5",
    "5.": "5",
    "007": "7",
    "0,123": "0.123",
    "0": "0",
    "-0.00": "-0.00",
    "12.340": None,
    "1,234": None,
    "1.234": None,
    "12.3400": "12.3400",
    "99999999999999999999.99": "99999999999999999999.99",
}


def test_amounts_are_read_in_every_spelling_that_is_beyond_doubt(
    connection: DuckDBPyConnection,
) -> None:
    assert read(connection, ColumnType.MONEY, ANY_MARK) == ANY_MARK


NO_NUMBERS = [
    *("abc", ".", ",", "-", "€", "1.2.3", "1,2,3", "12,34,5", "1234,567.8", "1 23", "1  234"),
    *("--1", "-1-", "(-1)", "(1", "1)", "+(1)", "€1€", "1 XYZ", "$1 EUR", "1e", "1e100", "1e3.5"),
    *("NaN", "Infinity", "-inf", "0x1f", "1/2", "5%", "1;5", "١٢", "1\n2", "1'23", "12 $ 5"),
]


def test_what_is_no_number_is_not_read(connection: DuckDBPyConnection) -> None:
    assert read(connection, ColumnType.MONEY, NO_NUMBERS) == dict.fromkeys(NO_NUMBERS)


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (".", {"1,234": "1234", "1.234": "1.234", "12,5": None, "1.234,50": None}),
        (",", {"1.234": "1234", "1,234": "1.234", "12.5": None, "1,234.50": None}),
    ],
)
def test_a_mapping_that_says_the_decimal_mark_is_believed(
    connection: DuckDBPyConnection, mark: str, expected: dict[str, str | None]
) -> None:
    assert read(connection, ColumnType.MONEY, expected, decimal=mark) == expected


def test_an_amount_in_another_currency_than_the_mapping_s_is_not_read(
    connection: DuckDBPyConnection,
) -> None:
    expected = {"5 €": "5", "5 eur": "5", "5": "5", "$5": None, "5 USD": None}
    assert read(connection, ColumnType.MONEY, expected, currency=["EUR", "€"]) == expected


@pytest.mark.parametrize("kind", [ColumnType.INTEGER, ColumnType.BIGINT])
def test_whole_numbers_have_thousands_but_no_currency(
    connection: DuckDBPyConnection, kind: ColumnType
) -> None:
    expected = {"1 234": "1234", "1.234.567": "1234567", "12-": "-12", "1e3": "1000", "3 €": None}
    assert read(connection, kind, expected) == expected
