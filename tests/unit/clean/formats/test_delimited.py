"""Delimited text is read as it is, not as its name or a hint says."""

from __future__ import annotations

import gzip
from io import BytesIO

import pytest

from lambdas.clean.formats import Format, Row, open_rows
from lambdas.clean.formats.lines import MAX_LINE_BYTES
from lambdas.clean.reasons import Reason
from tests.unit.clean.formats.reading import fields, rows, table, told

ADA = {"id": "1", "name": "Ada"}
BOB = {"id": "2", "name": "Bob"}
CSV = b"id,name\n1,Ada\n2,Bob\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_any_of_four_delimiters_is_told_packed_or_not(delimiter: str, pack: type[bytes]) -> None:
    body = pack(CSV.replace(b",", delimiter.encode()))
    assert fields(body) == [ADA, BOB]
    assert table(body).format == Format(
        "delimited",
        packed=pack is not bytes,
        encoding="utf-8",
        delimiter=delimiter,
        columns=("id", "name"),
        width=2,
        header=True,
    )


def test_decimal_commas_do_not_hide_the_semicolon() -> None:
    assert fields(b"price;qty\n1,50;2\n3,00;4\n") == [
        {"price": "1,50", "qty": "2"},
        {"price": "3,00", "qty": "4"},
    ]


def test_a_hint_names_a_delimiter_of_the_source_s_own() -> None:
    assert fields(CSV.replace(b",", b"^"), delimiter="^") == [ADA, BOB]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("said", ["sep=;\r\n", '"sep=;"\n', "SEP=;;;\n"])
def test_a_first_line_that_says_the_delimiter_is_no_row(said: str, encoding: str) -> None:
    body = (said + "a;b;c\nä, x;2;3\n4;5;6\n").encode(encoding)
    first = {"a": "ä, x", "b": "2", "c": "3"}
    assert fields(body) == [first, {"a": "4", "b": "5", "c": "6"}]
    opened = table(body)
    assert next(iter(opened)).fields == first
    rest = open_rows(BytesIO(body), start=opened.position)
    assert [row.fields["a"] for row in rest] == ["4"]


def test_nothing_behind_a_line_that_says_the_delimiter_is_no_row() -> None:
    assert rows(b"sep=;\n") == []


def test_a_column_may_be_called_as_the_delimiter_is_said() -> None:
    assert fields(b"sep=;b\n1;2\n") == [{"sep=": "1", "b": "2"}]


def test_a_hint_that_does_not_fit_the_bytes_is_not_followed() -> None:
    assert fields(CSV, delimiter=";") == [ADA, BOB]


def test_a_row_knows_its_number_its_offset_and_its_bytes() -> None:
    assert rows(b"id,name\r\n\r\n1,Ada\r\n") == [Row(1, 11, ADA, b"1,Ada")]


def test_quotes_hold_delimiters_newlines_and_doubled_quotes() -> None:
    body = b'id,name\n1,"A, ""B""\r\nC"\n2,Bob\n'
    assert fields(body) == [{"id": "1", "name": 'A, "B"\r\nC'}, BOB]
    assert rows(body)[0].original == b'1,"A, ""B""\r\nC"'


def test_a_quote_within_a_field_is_a_character() -> None:
    assert fields(b'id,name\n1,5" nail\n2,Bob\n') == [{"id": "1", "name": '5" nail'}, BOB]


def test_a_text_that_excel_shall_not_take_for_a_number_is_that_text() -> None:
    body = b'id,="name"\n="007",""\n"=""008""",="a"b"\n="",="\n'
    assert [tuple(row.values()) for row in fields(body)] == [
        ("007", ""),
        ("008", '="a"b"'),
        ("", '="'),
    ]
    assert {*fields(body)[0]} == {"id", "name"}
    assert fields(b'id,b\n="7",1\n', quote="") == [{"id": '="7"', "b": "1"}]


def test_without_quoting_every_quote_is_a_character() -> None:
    assert fields(b'id\tname\n1\t"Ada\n', quote="") == [{"id": "1", "name": '"Ada'}]


def test_lines_may_end_in_three_ways_in_one_file() -> None:
    assert fields(b"id,name\r1,Ada\r\n2,Bob\n1,Ada\r2,Bob") == [ADA, BOB, ADA, BOB]


def test_blank_rows_are_no_rows() -> None:
    assert fields(b"\n\nid,name\n\n1,Ada\n  \n,\n2,Bob\n\n") == [ADA, BOB]


def test_a_ragged_row_says_what_was_expected_and_found_and_harms_no_other() -> None:
    few, ada, many = rows(b"id,name\n1\n1,Ada\n1,2,3\n")
    assert ada.fields == ADA
    assert few.fault == Reason.RAGGED_ROW.of("1", 2)
    assert many.fault == Reason.RAGGED_ROW.of("3", 2)
    assert (many.number, many.original) == (3, b"1,2,3")


@pytest.mark.parametrize("header", [b"id,name", b"id,name,"])
def test_a_delimiter_at_the_end_of_every_row_is_no_fault(header: bytes) -> None:
    assert fields(header + b"\n1,Ada,\n2,Bob,\n") == [ADA, BOB]


def test_where_rows_end_in_a_delimiter_one_that_does_not_may_have_lost_a_field() -> None:
    assert told(b"id,name,\n1,Ada,\n2,Bob,\n3,\n1,Ada,\n4,Eve,x\n") == [
        ADA,
        BOB,
        "ragged_row",
        ADA,
        "ragged_row",
    ]


def test_a_column_without_a_name_is_named_by_its_place() -> None:
    assert fields(b",name\n1,Ada\n") == [{"column_1": "1", "name": "Ada"}]


def test_a_column_named_twice_refuses_the_object() -> None:
    body = b"id,name,id\n1,Ada,2\n"
    (whole,) = rows(body)
    assert (whole.number, whole.original) == (0, body)
    assert whole.fault == Reason.REPEATED_COLUMN.of("'id'")
    assert table(body).format.kind == "unreadable"


def test_a_mapping_can_name_the_columns_anew() -> None:
    assert fields(b"id,id\n1,Ada\n", header=True, columns=("id", "name")) == [ADA]


def test_without_header_the_mapping_names_the_columns() -> None:
    assert fields(b"1,Ada\n2,Bob\n", columns=("id", "name")) == [ADA, BOB]


def test_a_header_that_is_there_is_none_of_the_rows_whatever_its_order() -> None:
    assert fields(b"Name,id\nAda,1\n", columns=("id", "name")) == [{"Name": "Ada", "id": "1"}]


def test_a_first_row_of_values_is_no_header() -> None:
    assert fields(b"1,Ada\n2,Bob\n") == [
        {"column_1": "1", "column_2": "Ada"},
        {"column_1": "2", "column_2": "Bob"},
    ]
    assert fields(b"2024,2025\n1,2\n", header=True) == [{"2024": "1", "2025": "2"}]


@pytest.mark.parametrize("body", [b"", b"\n \r\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_object_has_no_rows_and_no_fault(body: bytes) -> None:
    assert rows(body) == []
    assert table(body).format.kind == "empty"


def test_a_header_alone_has_no_rows_and_no_fault() -> None:
    assert rows(b"id,name\n") == []
    assert table(b"id,name").format.columns == ("id", "name")


def test_a_quote_that_is_never_closed_costs_its_row() -> None:
    assert told(b'id,name\n1,Ada\n2,"Bob\n1,Ada\n2,Bob\n') == [ADA, "open_quote", ADA, BOB]


def test_text_after_a_closing_quote_costs_its_row() -> None:
    assert told(b'id,name\n1,"A"da\n2,Bob\n') == ["bad_quote", BOB]


def test_an_unclosed_quote_does_not_swallow_a_long_file() -> None:
    body = b'id,name\n2,"Bob\n' + b"1,Ada\n" * 50_000
    assert told(body) == ["open_quote"] + [ADA] * 50_000


def test_lines_that_each_seem_to_open_a_quote_are_not_read_over_and_over() -> None:
    """From afresh each line opens a quote; within one, each closes it and opens another."""
    found = told(b"id,name\n" + b'a","\n' * 30_000)
    assert set(found) == {"open_quote"}
    assert len(found) == 30_000


def test_a_line_without_end_is_one_row_and_those_after_it_are_read() -> None:
    long, ada = rows(b"id,name\n1," + b"x" * (MAX_LINE_BYTES + 5) + b"\n1,Ada\n")
    assert long.fault == Reason.LINE_TOO_LONG.of(limit=MAX_LINE_BYTES)
    assert len(long.original) == MAX_LINE_BYTES + 1
    assert (ada.fields, ada.number, ada.offset) == (ADA, 2, 8 + 2 + MAX_LINE_BYTES + 5 + 1)


def test_a_nul_is_left_to_the_contract() -> None:
    assert fields(b"id,name\n1,A\0da\n" + b"2,Bob\n")[0] == {"id": "1", "name": "A\0da"}


def test_a_single_column_is_a_table_too() -> None:
    assert fields(b"sku\nA-1\nB-2\n") == [{"sku": "A-1"}, {"sku": "B-2"}]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_quoted_line_may_be_as_long_as_any_other(end: bytes) -> None:
    line = b'"1",' + b"x" * (MAX_LINE_BYTES - 4)
    (found,) = fields(b"id,name\n" + line + end)
    assert len(found["name"]) == MAX_LINE_BYTES - 4


@pytest.mark.parametrize("header", [None, True, False])
def test_a_file_of_nothing_but_delimiters_has_no_rows(header: bool | None) -> None:
    assert rows(b";;;\r\n;;;\r\n", delimiter=";", header=header) == []


@pytest.mark.parametrize("delimiter", ["\x01", "\x1f"])
def test_characters_that_divide_fields_and_nothing_else_need_no_hint(delimiter: str) -> None:
    assert fields(b"1\x01Ada, Bob\n2\x01\\N\n".replace(b"\x01", delimiter.encode())) == [
        {"column_1": "1", "column_2": "Ada, Bob"},
        {"column_1": "2", "column_2": "\\N"},
    ]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (rb'"1","the \"best\" pan, 3\\4"', r'the "best" pan, 3\4'),
        (rb'"1","pan, 24\""', 'pan, 24"'),
        (rb'1,"{\"colour\": \"red\", \"of\": null}"', '{"colour": "red", "of": null}'),
        (b'1,"two\\\nlines of \\"x\\"\\N"', 'two\nlines of "x"\\N'),
        (rb'1,"C:\pans\"', "C:\\pans\\"),
        (rb'1,"C:\""pans"""', 'C:\\"pans"'),
    ],
)
def test_a_quote_behind_a_backslash_is_a_character_unless_doubling_reads_the_row(
    row: bytes, name: str
) -> None:
    assert told(CSV + row + b'\n3,"Eve ""E"" F"\n') == [
        ADA,
        BOB,
        {"id": "1", "name": name},
        {"id": "3", "name": 'Eve "E" F'},
    ]


def test_a_row_that_no_kind_of_quoting_reads_costs_itself() -> None:
    body = CSV + rb'3,"a \"b" c"' + b'\n4,"a \\"b\n' + CSV[8:]
    assert told(body) == [ADA, BOB, "bad_quote", "bad_quote", ADA, BOB]
