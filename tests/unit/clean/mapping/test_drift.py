"""Columns come, go and change their names; what that means is the mapping's to say."""

from __future__ import annotations

import pytest

from lambdas.clean.formats import EACH
from lambdas.clean.mapping import Columns, drift, load, wanted
from lambdas.clean.mapping.names import MAX_COLUMNS
from lambdas.clean.reasons import Reason
from tests.mappings import ITEM, ITEMS

ALIASED = ITEMS.replace("price: price", "price: [price, cost]")
OPTIONAL = ITEMS.replace("price: price", "price: {from: price, default: '1'}")


@pytest.mark.parametrize("mode", ["strict", "evolve", "permissive"])
def test_order_case_spaces_and_underscores_are_no_drift(mode: str) -> None:
    found = drift(load(f"drift: {mode}\n{ITEMS}", "shop"), ["CHANGED", "_price ", "Na-me", "sku"])
    assert (found.new, found.missing, found.renamed, found.refusal) == ((), (), {}, None)


@pytest.mark.parametrize(
    ("mode", "text", "columns", "refused"),
    [
        ("strict", ITEMS, [*ITEM, "colour"], "it has also colour"),
        ("strict", OPTIONAL, ["sku", "name", "changed"], "it lacks price"),
        ("strict", ITEMS, ["sku", "name", "changed", "x"], "it lacks price, and it has also x"),
        ("strict", f"unused: Colour\n{ITEMS}", [*ITEM, "colour"], None),
        ("evolve", ITEMS, [*ITEM, "colour"], None),
        ("evolve", OPTIONAL, ["sku", "name", "changed"], None),
        ("evolve", ITEMS, ["sku", "name", "changed", "x"], "it lacks price"),
        ("evolve", f"ignore: kind = 'x'\n{ITEMS}", [*ITEM], "it lacks kind"),
        ("permissive", ITEMS, ["sku"], None),
    ],
)
def test_an_object_whose_columns_are_others_is_refused_as_the_mapping_says(
    mode: str, text: str, columns: list[str], refused: str | None
) -> None:
    refusal = drift(load(f"drift: {mode}\n{text}", "shop"), columns).refusal
    if refused is None:
        assert refusal is None
    else:
        assert refusal
        assert refusal.reason is Reason.DRIFTED
        assert refusal.message == f"the object's columns are not those of its mapping: {refused}"


def test_new_missing_and_renamed_columns_are_told() -> None:
    found = drift(load(ALIASED, "shop"), ["sku", "changed", "COST", "colour", ("size", "cm")])
    assert found.new == ("colour", "size.cm")
    assert found.missing == ("name",)
    assert found.renamed == {"price": "cost"}


def test_the_columns_of_nested_records_are_the_paths_of_their_leaves() -> None:
    columns = Columns()
    columns.add({"a": "1", "b": {"c": None, "d": [1]}})
    columns.add({"e": "1", "b": {"c": {"f": 2}}})
    assert list(columns) == [("a",), ("b", "c"), ("b", "d"), ("e",), ("b", "c", "f")]


BASKETS = """
version: {time: changed}
entities:
  item:
    each: lines
    columns:
      item_id: lines.product.sku
      item_name: Full Name
      category: {value: "1", as: own}
      price: {from: cost, default: "1"}
      updated_at: changed
      vendor_id: {sql: "note || '-'"}
"""


def test_what_is_asked_for_is_seen_however_late_it_comes() -> None:
    columns = Columns(wanted(load(BASKETS, "shop")))
    columns.add({"attributes": {f"key {n}": "x" for n in range(MAX_COLUMNS + 9)}})
    columns.add({"lines": [{"colour": "red"}], "Note": "x", "comment": "x"})
    columns.add({"full_name": {"x": "y"}, "lines": [{"Product": {"sku": "A", "size": "L"}}]})
    columns.add({"full_name": "x", "cost": None, "Changed": "x"})
    assert list(columns)[MAX_COLUMNS:] == [
        ("lines",),
        ("Note",),
        ("lines", EACH, "Product", "sku"),
        ("full_name",),
        ("cost",),
        ("Changed",),
    ]
    assert drift(load(BASKETS, "shop"), tuple(columns)).missing == ()
