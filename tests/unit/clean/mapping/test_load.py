"""A mistake in a mapping is told by its file and its place, before any object is cleaned."""

from __future__ import annotations

import pytest

from lambdas.clean.formats import Hints
from lambdas.clean.mapping import MappingError, Mappings, load
from tests.mappings import ITEMS, SOURCES


def changed(old: str, new: str) -> str:
    assert old in ITEMS
    return ITEMS.replace(old, new)


FAULTY = {
    "no object": ("just text", "a mapping is an object"),
    "bad YAML": ("a: [", "this is no YAML in line 1, column 5: expected"),
    "a character that is none in YAML": ("a: \x01", "this is no YAML: unacceptable"),
    "a key said twice": (ITEMS + ITEMS, "entities is said twice"),
    "no entities": ("description: x", "entities: Field required"),
    "an unknown setting": (f"arives: raw/x/\n{ITEMS}", "arives: there is no such setting"),
    "an unknown entity": ("entities: {car: {columns: {a: b}}}", "entities.car: there is no such"),
    "an unknown column": (
        changed("price: price", "cost: price"),
        "entities.item.columns.cost: the contract has no such column; it has item_id",
    ),
    "a column that is needed": (
        changed("      price: price\n", ""),
        "entities.item.columns: the contract needs price",
    ),
    "two origins": (
        changed("price: price", "price: {from: price, value: '1'}"),
        "entities.item.columns.price: a field has one of from, parts, sql and value",
    ),
    "no origin": (changed("price: price", "price: {default: '1'}"), "price: a field has one of"),
    "a decimal mark": (
        changed("price: price", "price: {from: price, decimal: ;}"),
        "entities.item.columns.price.decimal: Input should be",
    ),
    "a zone": (
        f"reading: {{timezone: Europe/Hamburg}}\n{ITEMS}",
        "reading.timezone: Europe/Hamburg is no time zone",
    ),
    "a format": (
        changed("updated_at: changed", "updated_at: {from: changed, dates: [iso, '%d.%Q']}"),
        "entities.item.columns.updated_at.dates: %d.%Q: %Q is no part of a time; there are %Y",
    ),
    "a delimiter": (f"format: {{delimiter: ab}}\n{ITEMS}", "format: delimiter 'ab' is not one"),
    "a header": (f"format: {{header: 2}}\n{ITEMS}", "format.header: Input should be a valid bool"),
    "no format": (f"reading: {{dates: dd.mm.yyyy}}\n{ITEMS}", "reading.dates: dd.mm.yyyy is no"),
    "parts of no id": (
        changed("price: price", "price: {parts: [a, b]}"),
        "price: parts and ignore_case are for ids",
    ),
    "an id that is none": (changed("price: price", "price: {from: price, as: own}"), "`as` is for"),
    "words of an id": (
        changed("item_id: sku", "item_id: {from: sku, words: {a: [b]}}"),
        "item_id: words are for",
    ),
    "a subquery": (
        changed("price: price", "price: {sql: '(select 1)'}"),
        "entities.item.columns.price: subquery cannot be used",
    ),
    "a file": (f"ignore: read_text('x') = ''\n{ITEMS}", "ignore: the function read_text cannot be"),
    "a clock": (changed("price: price", "price: {sql: now()}"), "the function now cannot"),
    "chance": (changed("price: price", "price: {sql: random()}"), "the function random cannot"),
    "an aggregate": (changed("price: price", "price: {sql: sum(a)}"), "the function sum cannot"),
    "a window": (changed("price: price", "price: {sql: row_number() over ()}"), "window cannot"),
    "a star": (changed("price: price", "price: {sql: '*'}"), "price: star cannot"),
    "a parameter": (changed("price: price", "price: {sql: '?'}"), "price: parameter cannot"),
    "two expressions": (changed("price: price", "price: {sql: '1), (2'}"), "not one expression"),
    "a query in disguise": (
        changed("price: price", "price: {sql: '1) from t where (true'}"),
        "price: this is not one expression",
    ),
    "a second statement": (
        changed("price: price", "price: {sql: '1); drop table t; select (1'}"),
        "price: this is not one expression",
    ),
    "two queries": (
        changed("price: price", "price: {sql: '1); select (2'}"),
        "price: this is not one expression",
    ),
    "no SQL": (changed("price: price", "price: {sql: 1 +}"), "price: syntax error"),
    "an unknown column of SQL": (
        changed("price: price", "price: {sql: parsed.cost + 1}"),
        "parsed.cost is not a column that is read here; there are category, item_id, item_name",
    ),
    "a type": (changed("price: price", "price: {sql: price + 1}"), "price: Binder Error"),
    "a dot": (changed("price: price", "price: {sql: a.b}"), "a.b is neither a field"),
    "no condition": (f"ignore: length(a)\n{ITEMS}", "ignore: a condition is true or false; this"),
    "a condition of an entity": (f"{ITEMS}    when: parsed.price > 1\n", "entities.item.when: par"),
    "a version of nothing": (f"version: {{time: {{value: x}}}}\n{ITEMS}", "version.time: this has"),
    "a prefix": (f"arrives: gold/x/\n{ITEMS}", "arrives: 'gold/x/' is no prefix"),
    "a name that SQL uses": (f"ignore: record = '1'\n{ITEMS}", "ignore: the field record"),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_mistake_is_told_by_file_and_place(fault: str) -> None:
    text, said = FAULTY[fault]
    with pytest.raises(MappingError) as error:
        load(text, "shop")
    assert str(error.value).startswith("sources/shop.yaml: ")
    assert said in str(error.value)


def test_two_mappings_cannot_have_one_object() -> None:
    inner = load(f"arrives: raw/shop/nightly/\n{ITEMS}", "other")
    with pytest.raises(
        MappingError, match=r"other\.yaml: arrives: raw/shop/nightly/ and raw/shop/"
    ):
        Mappings([load(ITEMS, "shop"), inner])


def test_a_mapping_cannot_have_the_api_s_own_objects() -> None:
    with pytest.raises(MappingError, match=r"raw/item/, where the API's own records arrive"):
        Mappings([load(ITEMS, "item")])


def test_an_object_s_mapping_is_found_by_its_key() -> None:
    shop, other = load(ITEMS, "shop"), load(f"arrives: raw/files/other/\n{ITEMS}", "other")
    known = Mappings([shop, other])
    assert known.of_key("raw/shop/2026/orders.csv") is shop
    assert known.of_key("raw/files/other/x") is other
    assert known.of_key("raw/shopping/x") is None
    assert known.of_key("raw/item/dt=2026-03-17/1.ndjson.gz") is None


def test_yaml_s_yes_and_dates_are_texts() -> None:
    text = ITEMS.replace('category: {value: "1", as: own}', "category: {from: on, default: 007}")
    field = load(f"reading: {{absent: [no, 2026-01-01, ~x]}}\n{text}", "shop")
    assert field.reading.absent == ("no", "2026-01-01", "~x")
    assert field.entities["item"].columns["category"].from_ == ("on",)
    assert field.entities["item"].columns["category"].default == "007"


def test_hints_are_those_of_the_formats() -> None:
    said = "{delimiter: ;, encoding: cp1252, header: false, columns: [a, b], records: data.orders}"
    assert load(f"format: {said}\n{ITEMS}", "shop").format.hints() == Hints(
        "cp1252", ";", '"', header=False, columns=("a", "b"), record_path=("data", "orders")
    )


def test_the_mappings_that_ship_can_be_used() -> None:
    assert Mappings.of_folder(SOURCES).by_name
