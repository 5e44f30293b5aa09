"""Formats -> rows: whatever is wrong with one row is that row's own affair."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from lambdas.imports import rows as rows_module
from lambdas.imports.documents import read_array, read_lines
from lambdas.imports.files import UnreadableFileError
from lambdas.imports.tables import read_csv

if TYPE_CHECKING:
    from lambdas.imports.rows import Sheet

HEADER = "sku,item_name,category,price,stock\n"


def faults(sheet: Sheet) -> dict[int, str]:
    """Sentences by the line that they are about."""
    return {row.line: row.fault.sentence for row in sheet.rows if row.fault}


def names(sheet: Sheet) -> list[str]:
    return [row.values["item_name"] for row in sheet.rows if not row.fault]


def test_columns_are_told_by_their_names_in_any_order_case_and_spacing() -> None:
    sheet = read_csv("\n Price ;ITEM-NAME; Category;Colour\n1.00; Lamp ;Home;red\n")
    [row] = sheet.rows
    assert row.values == {"price": "1.00", "item_name": "Lamp", "category": "Home"}
    assert (row.number, row.line) == (1, 3)
    assert sheet.ignored == ("colour",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_of_all_spreadsheets_are_known(
    delimiter: str, newline: str
) -> None:
    lines = ["item_name,category,price", "Lamp,Home,1.00", "Desk,Home,2.00", ""]
    assert names(read_csv(newline.join(lines).replace(",", delimiter))) == ["Lamp", "Desk"]


def test_blank_rows_and_empty_cells_are_nothing() -> None:
    sheet = read_csv(HEADER + "\n,,,,\n,Lamp,Home,1.00,\n   \n")
    [row] = sheet.rows
    assert row.values == {"item_name": "Lamp", "category": "Home", "price": "1.00"}
    assert row.line == 4


def test_a_header_alone_is_a_file_without_rows() -> None:
    assert read_csv(HEADER).rows == []


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("item_name,price,Price,category", "twice: price"),
        ("item_name,category", "no column price; it has: item_name, category"),
        ("Lamp,Home,1.00", "no column item_name, category, price"),
        ('"item_name,category,price', "cannot be read"),
    ],
)
def test_a_header_that_does_not_name_what_is_needed_says_what_it_has(
    header: str, says: str
) -> None:
    with pytest.raises(UnreadableFileError, match=says):
        read_csv(f"{header}\nLamp,Home,1.00\n")


def test_a_row_has_as_many_cells_as_the_header_or_is_rejected() -> None:
    sheet = read_csv(HEADER + "1,Lamp,Home\n2,Desk,Home,1.00,5\n3,Sofa,Home,19,99,\n")
    assert names(sheet) == ["Desk"]
    assert faults(sheet) == {
        2: "row has 3 cells, the header has 5",
        4: "row has 6 cells, the header has 5",
    }


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_ends() -> None:
    sheet = read_csv(HEADER + '1,"A ""big""\nlamp, red",Home,1.00,\n2,Desk,Home,1.00,\n')
    assert names(sheet) == ['A "big"\nlamp, red', "Desk"]
    assert [row.line for row in sheet.rows] == [2, 4]
    assert sheet.rows[0].original == '1,"A ""big""\nlamp, red",Home,1.00,'


def test_a_quote_that_is_never_closed_costs_its_own_line_only() -> None:
    rest = "".join(f"{number},Desk {number},Home,1.00,\n" for number in range(2, 60))
    sheet = read_csv(HEADER + '1,"Lamp,Home,1.00,\n' + rest)
    assert set(faults(sheet)) == {2}
    assert len(names(sheet)) == 58


def test_a_quote_that_a_later_one_closes_costs_its_own_line_only() -> None:
    sheet = read_csv(HEADER + '1,"Lamp,Home,1.00,\n2,Desk,Home,1.00,\n3,"Sofa",Home,1.00,\n')
    assert set(faults(sheet)) == {2}
    assert names(sheet) == ["Desk", "Sofa"]


def test_a_cell_larger_than_any_is_rejected_and_the_next_row_read() -> None:
    sheet = read_csv(HEADER + f'1,"{"x" * 200_000}",Home,1.00,\n2,Desk,Home,1.00,\n')
    assert set(faults(sheet)) == {2}
    assert names(sheet) == ["Desk"]


def test_an_arrays_rows_have_lines_and_exact_numbers() -> None:
    sheet = read_array('\n[ {"item_name": "Lamp", "price": 19.99},\n\n {"price": NaN}, 7, null]\n')
    assert [row.line for row in sheet.rows] == [2, 4, 4, 4]
    assert sheet.rows[0].values["price"] == Decimal("19.99")
    assert sheet.rows[1].values["price"].is_nan()
    assert faults(sheet)[4] == "row is null, not an object"
    assert [row.original for row in sheet.rows[1:]] == ['{"price": NaN}', "7", "null"]


def test_an_array_may_be_empty() -> None:
    assert read_array(" [ ] ").rows == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"items": []}', "is an object, not an array"),
        ('"[]"', "is a text, not an array"),
        ("17", "is a number, not an array"),
        ('[{"price": 1}', "line 1, column 14: a comma or ] is missing"),
        ('[{"price": 1},\n{"price": }]', "line 2, column 11"),
        ("[1,]", "column 4: Expecting value"),
        ("[1] [2]", "column 5: something follows"),
        ("[" * 100_000, "nested too deeply"),
        ("nonsense", "column 1: Expecting value"),
    ],
)
def test_a_document_that_is_no_array_says_where_and_why(text: str, says: str) -> None:
    with pytest.raises(UnreadableFileError, match=says.replace("[", r"\[")):
        read_array(text)


def test_a_bad_line_amid_ndjson_is_rejected_alone() -> None:
    sheet = read_lines('{"item_name": "Lamp"}\r\n{"item_name": \n\n[1]\n{"item_name": "Desk"}')
    assert names(sheet) == ["Lamp", "Desk"]
    assert set(faults(sheet)) == {2, 4}
    assert [row.line for row in sheet.rows] == [1, 2, 4, 5]
    assert [row.number for row in sheet.rows] == [1, 2, 3, 4]


def test_an_integer_of_thousands_of_digits_is_one_rows_affair() -> None:
    sheet = read_lines('{"stock": %s}\n{"stock": 1}' % ("9" * 10_000))
    assert not faults(sheet)
    assert sheet.rows[0].values["stock"] == Decimal("9" * 10_000)


def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MAX_ROWS", 2)
    with pytest.raises(UnreadableFileError, match="more than 2 rows"):
        read_lines("{}\n{}\n{}\n")


def test_names_of_unknown_fields_can_be_told_whatever_they_are() -> None:
    sheet = read_lines('{"\\ud800": 1, "%s": 2}' % ("x" * 1000))
    assert all(len(name.encode()) <= 400 for name in sheet.ignored)
