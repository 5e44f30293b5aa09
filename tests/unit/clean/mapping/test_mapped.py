"""A record of a source becomes rows of the contracts, or is refused by the name of its column."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.clean.mapping import Mappings, ignored_sql, parsers, staged
from lambdas.clean.mapping.load import load
from lambdas.engine import literal, statement
from tests.mappings import ITEM, ITEMS, SOURCES, Outcome, mapped, mapping

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection
TILL = {
    "Bestellnr": "B-1",
    "Pos": "1",
    "Artikelnr": "A-7",
    "Bezeichnung": "\u00a0Topf ",
    "Kundennr": "77",
    "Vorname": "Jörg",
    "Nachname": "Null",
    "E-Mail": "j@example.org",
    "Kunde seit": "01.02.2020",
    "Einzelpreis": "1.234,50 €",
    "Menge": "2",
    "Datum": "17.03.2026 09:30",
    "Geändert": "",
    "Status": "offen",
}


@pytest.fixture(scope="module")
def till() -> Any:
    return Mappings.of_folder(SOURCES).by_name["kaufhaus-nord"]


def item(connection: DuckDBPyConnection, text: str = ITEMS, **fields: Any) -> Outcome:
    return mapped(connection, mapping(text), [ITEM | fields])


def test_one_row_of_a_flat_export_is_a_line_an_item_and_a_customer(
    connection: DuckDBPyConnection, till: Any
) -> None:
    outcome = mapped(connection, till, [TILL])
    assert outcome.rejected == {}
    (line,) = outcome.rows["transaction_line"]
    (article,) = outcome.rows["item"]
    (customer,) = outcome.rows["customer"]
    assert (line["item_id"], line["customer_id"]) == (article["item_id"], customer["customer_id"])
    assert (line["vendor_id"], line["category_id"]) == (article["vendor_id"], 1)
    assert (line["qty"], line["unit_price"]) == (2, Decimal("1234.50"))
    assert (line["total_price"], line["date_id"]) == (Decimal("2469.00"), 20260317)
    assert line["sold_at"] == dt.datetime(2026, 3, 17, 8, 30)  # noqa: DTZ001  # UTC
    assert (article["item_name"], customer["first_name"]) == ("Topf", "Jörg")
    assert customer["last_name"] == "Null", "a person's name, in this mapping"


def test_a_row_without_a_customer_has_none_and_what_the_filter_takes_is_left_out(
    connection: DuckDBPyConnection, till: Any
) -> None:
    records = [TILL, TILL | {"Pos": "2", "Kundennr": "k.A."}, TILL | {"Status": "Test"}]
    outcome = mapped(connection, till, records)
    assert {record: code for record, (code, _) in outcome.rejected.items()} == {2: "missing_field"}
    assert outcome.judged.records == 2


def test_the_records_that_yield_nothing_are_told(
    connection: DuckDBPyConnection, tmp_path: Path
) -> None:
    source = mapping(f"ignore: kind = 'x'\n{ITEMS}    when: price is not null\n")
    records = [ITEM | {"kind": "y"}, {"kind": "X"}, ITEM | {"kind": "x"}]
    connection.execute(parsers())
    path = tmp_path / "fields.ndjson"
    path.write_bytes(b"".join(staged(n, each) for n, each in enumerate(records, 1)))
    connection.execute(statement("clean/fields", path=literal(path)))
    connection.execute(ignored_sql(source, (*ITEM, "kind")))
    assert connection.execute("from ignored").fetchall() == [(2,), (3,)]


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"price": "1,234"}, "bad_type", "price is not an amount whose decimal mark is beyond"),
        ({"price": "12.345,678"}, "bad_type", "price is not an amount with at most 2 decimal"),
        ({"price": "-1"}, "out_of_range", "price is outside"),
        ({"price": "N/A"}, "missing_field", "price is missing"),
        ({"price": ""}, "missing_field", "price is missing"),
        ({"changed": "17.3.2026"}, "bad_type", "updated_at is not a time as iso"),
        ({"changed": "0001-01-01T00:00:00+01:00"}, "bad_type", "updated_at"),
        ({"sku": " null "}, "missing_field", "item_id is missing"),
        ({"name": "x" * 801}, "too_long", "item_name is longer"),
        ({"name": "a\0b"}, "nul_character", "item_name"),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_name_of_its_column(
    connection: DuckDBPyConnection, fields: dict[str, str], code: str, said: str
) -> None:
    [(found, message)] = item(connection, **fields).rejected.values()
    assert found == code
    assert said in message


def test_what_is_written_in_the_contract_s_spelling_is_still_held_to_the_mapping(
    connection: DuckDBPyConnection,
) -> None:
    """12.50 would pass for an amount, but a shop of decimal commas does not write it."""
    text = ITEMS.replace("price: price", 'price: {from: price, decimal: ","}')
    assert item(connection, text).rejected[1][0] == "bad_type"
    assert item(connection, text, price="12,50").rows["item"][0]["price"] == Decimal("12.50")


def test_a_record_is_refused_whole_if_one_of_its_entities_is(
    connection: DuckDBPyConnection, till: Any
) -> None:
    records = [TILL | {"Kunde seit": "früher"}, TILL | {"Pos": "2"}]
    outcome = mapped(connection, till, records)
    assert list(outcome.rejected) == [1]
    assert {len(rows) for rows in outcome.rows.values()} == {1}


def test_a_deleted_record_needs_its_key_and_is_a_tombstone(connection: DuckDBPyConnection) -> None:
    text = f"{ITEMS}    deleted: state = 'gone'\n"
    bare = {"sku": "A-1", "state": "gone"}
    outcome = mapped(connection, mapping(text), [ITEM, bare])
    assert outcome.rejected == {}
    assert [row["deleted"] for row in outcome.rows["item"]] == [False, True]
    assert len({row["item_id"] for row in outcome.rows["item"]}) == 1


def test_records_that_say_the_same_are_duplicates_and_others_are_not(
    connection: DuckDBPyConnection,
) -> None:
    records = [ITEM, dict(reversed(ITEM.items())), ITEM | {"price": "13"}]
    outcome = mapped(connection, mapping(ITEMS), records)
    assert outcome.judged.duplicate == 1
    assert [row["price"] for row in outcome.rows["item"]] == [Decimal("12.50"), Decimal(13)]


def test_names_match_in_any_case_and_the_first_alias_with_a_value_counts(
    connection: DuckDBPyConnection,
) -> None:
    text = ITEMS.replace("price: price", "price: [unit_price, price]")
    assert item(connection, text, **{"Unit Price": "9"}).rows["item"][0]["price"] == Decimal(9)
    assert item(connection, text, **{"UNIT-PRICE": ""}).rows["item"][0]["price"] == Decimal("12.5")


def test_nested_json_is_reached_by_a_path_and_numbers_are_exact(
    connection: DuckDBPyConnection,
) -> None:
    nested = {"money": {"Net": Decimal("9999999999999999.99")}}
    source = mapping(ITEMS.replace("price: price", "price: money.net"))
    outcome = mapped(connection, source, [{**ITEM, **nested}])
    assert outcome.rows["item"][0]["price"] == Decimal("9999999999999999.99")


def test_expressions_see_fields_as_texts_and_columns_in_their_types(
    connection: DuckDBPyConnection,
) -> None:
    text = ITEMS.replace("item_name: name", "item_name: {sql: upper(name) || ' ' || parsed.price}")
    assert item(connection, text, price="3").rows["item"][0]["item_name"] == "PAN 3.00"


def test_an_expression_that_fails_refuses_its_record_alone(connection: DuckDBPyConnection) -> None:
    text = ITEMS.replace("price: price", "price: {sql: 'cast(price as decimal(18, 2)) / 2'}")
    outcome = mapped(connection, mapping(text), [ITEM | {"price": "odd"}, ITEM | {"price": "3"}])
    assert outcome.rejected[1][0] == "bad_type"
    assert "price is not what cast(price as decimal(18, 2)) / 2" in outcome.rejected[1][1]
    assert outcome.rows["item"][0]["price"] == Decimal("1.50")


def test_what_only_a_float_has_is_no_part_of_an_amount(connection: DuckDBPyConnection) -> None:
    text = ITEMS.replace("price: price", "price: {sql: 'cast(price as decimal(18, 2)) / 100 * 7'}")
    prices = {"110": Decimal("7.70"), "12345678901200": Decimal("864197523084.00")}
    outcome = mapped(connection, mapping(text), [ITEM | {"price": price} for price in prices])
    assert [row["price"] for row in outcome.rows["item"]] == [*prices.values()]


def test_more_than_cents_that_an_expression_makes_are_refused(
    connection: DuckDBPyConnection,
) -> None:
    text = ITEMS.replace("price: price", "price: {sql: 'cast(price as decimal(18, 2)) / 3'}")
    assert item(connection, text, price="10").rejected[1][0] == "bad_type"


@pytest.mark.parametrize("odd", ["soon", "infinity", "294247-01-10"])
def test_a_time_that_an_expression_makes_and_nobody_can_read_refuses_its_record_alone(
    connection: DuckDBPyConnection, odd: str
) -> None:
    for text in (
        ITEMS.replace("updated_at: changed", "updated_at: {sql: changed}"),
        "version: {time: {sql: changed}}" + ITEMS.replace("changed", "{value: '2026-01-01'}"),
    ):
        outcome = mapped(connection, mapping(text), [ITEM | {"changed": odd}, ITEM])
        assert {row: code for row, (code, _) in outcome.rejected.items()} == {1: "bad_type"}
        assert len(outcome.rows["item"]) == 1


def test_a_version_time_beyond_what_the_engine_subtracts_refuses_its_record_alone(
    connection: DuckDBPyConnection,
) -> None:
    source = mapping("version: {time: at}" + ITEMS)
    outcome = mapped(connection, source, [ITEM | {"at": "294247-01-10"}, ITEM | {"at": ""}])
    assert outcome.rejected[1][0] == "bad_type"
    assert len(outcome.rows["item"]) == 1


def test_a_product_beyond_all_decimals_refuses_its_record_alone(
    connection: DuckDBPyConnection,
) -> None:
    sql = "{sql: 'cast(price as decimal(38, 2)) * cast(price as decimal(38, 2))'}"
    text = ITEMS.replace("price: price", f"price: {sql}")
    outcome = mapped(connection, mapping(text), [ITEM | {"price": "9" * 30}, ITEM | {"price": "3"}])
    assert outcome.rejected[1][0] in {"bad_type", "out_of_range"}


def test_the_statements_survive_hostile_names(connection: DuckDBPyConnection) -> None:
    name = 'it\'s @x "$.y"/~ {0} %s'
    text = ITEMS.replace("item_name: name", f"item_name: {staged_name(name)}")
    source = load(text, "shop")
    outcome = mapped(connection, source, [{**ITEM, name: "Pan's {0}"}])
    assert outcome.rows["item"][0]["item_name"] == "Pan's {0}"


def staged_name(name: str) -> str:
    """As a YAML scalar in double quotes."""
    return '"' + name.replace('"', '\\"') + '"'


def test_a_staged_record_has_texts_for_leaves_and_its_keys_in_order() -> None:
    fields = {"b": [1, {"d": None}], "a": True, "c": Decimal("1E+2")}
    assert staged(7, fields) == (
        b'{"fields":{"a":"true","b":["1",{"d":null}],"c":"1E+2"},"record":7}\n'
    )
