"""JSON documents are read element by element, however laid out and whatever befell them."""

from __future__ import annotations

import gzip
import json

import pytest

from lambdas.clean.formats import Row
from lambdas.clean.formats.lines import MAX_LINE_BYTES
from lambdas.clean.reasons import Reason
from tests.unit.clean.formats.reading import fields, rows, table, told

ROWS = [{"a": 1, "b": [{"c": "},{"}]}, {"a": 2, "b": []}, {"a": 3, "d": {"e": "é"}}]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_an_array_gives_a_row_an_element(indent: int | None, pack: type[bytes]) -> None:
    body = pack(json.dumps(ROWS, indent=indent, ensure_ascii=False).encode())
    assert fields(body) == ROWS
    assert table(body).format.kind == "json"


def test_a_row_knows_its_number_its_offset_and_its_bytes() -> None:
    assert rows(b'\xef\xbb\xbf[ {"a":1},\n  {"b" : 2} ]') == [
        Row(1, 5, {"a": 1}, b'{"a":1}'),
        Row(2, 16, {"b": 2}, b'{"b" : 2}'),
    ]


@pytest.mark.parametrize("indent", [None, 2])
def test_one_object_is_one_row(indent: int | None) -> None:
    assert fields(json.dumps(ROWS[0], indent=indent).encode()) == [ROWS[0]]


def test_objects_over_several_lines_each_may_follow_one_another() -> None:
    body = "\n".join(json.dumps(row, indent=1) for row in ROWS).encode()
    assert fields(body) == ROWS


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"data": ROWS}, ("data",)),
        ({"meta": {"data": [1]}, "data": {"rows": ROWS, "more": None}, "n": "]"}, ("data", "rows")),
        ({"é": {"x": 1, "data": ROWS}}, ("é", "data")),
    ],
)
def test_a_record_path_leads_to_the_rows(
    document: dict[str, object], path: tuple[str, ...], indent: int | None
) -> None:
    body = json.dumps(document, indent=indent, ensure_ascii=False).encode()
    assert fields(body, record_path=path) == ROWS


def test_a_record_path_may_lead_to_one_object() -> None:
    assert fields(b'{"order":{"id":1}}', record_path=("order",)) == [{"id": 1}]


def test_an_array_at_the_top_needs_no_path() -> None:
    assert fields(json.dumps(ROWS).encode(), record_path=("data",)) == ROWS


def test_pages_one_a_line_are_followed_into() -> None:
    assert fields(b'{"data":[{"a":1}]}\n{"data":[{"a":2}]}\n', record_path=("data",)) == [
        {"a": 1},
        {"a": 2},
    ]


def test_a_path_that_leads_nowhere_refuses_the_object() -> None:
    body = b'{"rows":[{"a":1}]}\n'
    (whole,) = rows(b'{\n"rows":[{"a":1}]}', record_path=("data", "rows"))
    assert (whole.number, whole.fault) == (0, Reason.NO_RECORDS.of("data.rows"))
    assert told(body, record_path=("data",)) == [{"rows": [{"a": 1}]}]


def test_an_empty_array_has_no_rows_and_no_fault() -> None:
    assert rows(b"[]") == rows(b"[\n]\n") == rows(b'{"data":\n[]}', record_path=("data",)) == []


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (b'{"a":nulx}', "malformed_json"),
        (b'{"a" 1}', "malformed_json"),
        (b'{"a":[1}', "malformed_json"),
        (b"garbage", "malformed_json"),
        (b"17", "malformed_json"),
        (b'"text"', "malformed_json"),
        (b"null", "malformed_json"),
        (b"}", "malformed_json"),
        (b"[" * 50_000 + b"]" * 50_000, "malformed_json"),
        (b'{"a":"\x00"}', "malformed_json"),
        (b'{"a":"\\ud800"}', "not_utf8"),
        (b'{"a":1,"a":2}', "repeated_name"),
    ],
)
@pytest.mark.parametrize("comma", [b",", b", \n"])
def test_a_bad_element_costs_itself(element: bytes, code: str, comma: bytes) -> None:
    body = b"[" + comma.join([b'{"a":1}', element, b'{"a":2}']) + b"]"
    assert told(body) == [{"a": 1}, code, {"a": 2}]
    assert rows(body)[1].original == element


def test_an_element_without_its_bracket_costs_what_it_holds() -> None:
    assert told(b'[{"a":1},{"a":2,{"a":3}]') == [{"a": 1}, "malformed_json"]
    assert told(b'[{"a":1},{"a":[2},{"a":3}]') == [{"a": 1}, "malformed_json", {"a": 3}]


@pytest.mark.parametrize("cut", [1, 2, 5, 9])
def test_a_document_that_ends_early_keeps_the_rows_before(cut: int) -> None:
    *before, last = told(b'[{"a":1},{"a":2},{"a":3}]'[:-cut])
    assert before in ([{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 2}, {"a": 3}])
    assert last == "truncated"


def test_an_element_that_is_too_long_is_one_row_and_the_next_is_read() -> None:
    long = b'{"a":"' + b"x" * (5 * MAX_LINE_BYTES) + b'"}'
    first, faulty, last = rows(b'[{"a":1},' + long + b',{"a":2}]')
    assert (first.fields, last.fields) == ({"a": 1}, {"a": 2})
    assert faulty.fault == Reason.LINE_TOO_LONG.of(limit=MAX_LINE_BYTES)
    assert len(faulty.original) == MAX_LINE_BYTES + 1
    assert last.offset == 9 + len(long) + 1


def test_a_header_in_brackets_is_no_document() -> None:
    assert fields(b"[id],[name]\n1,Ada\n") == [{"[id]": "1", "[name]": "Ada"}]
