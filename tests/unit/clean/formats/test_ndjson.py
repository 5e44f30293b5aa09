"""JSON objects, one a line: exact values, and a bad line costs itself."""

from __future__ import annotations

import gzip
from io import BytesIO
from typing import Any

import pytest

from lambdas.clean.formats import Row, open_rows
from lambdas.clean.formats.lines import MAX_LINE_BYTES
from lambdas.clean.formats.values import MAX_DEPTH
from lambdas.clean.reasons import Reason
from tests.unit.clean.formats.reading import fields, rows, table, told


def value(text: str) -> Any:
    (found,) = fields(b'{"a":%b}\n' % text.encode())
    return found["a"]


def test_rows_are_objects_with_their_places() -> None:
    assert rows(b'\xef\xbb\xbf{"a":1}\n\n{"b":[true,null]}\r\n') == [
        Row(1, 3, {"a": 1}, b'{"a":1}'),
        Row(2, 12, {"b": [True, None]}, b'{"b":[true,null]}'),
    ]


def test_packed_or_not_it_is_ndjson() -> None:
    assert table(gzip.compress(b'{"a":1}\n{"a":2}\n')).format.kind == "ndjson"


@pytest.mark.parametrize("document", [b'{"a":1}\n{"a":', b'{"a":\n{"a":1}\n'])
def test_a_broken_line_of_two_costs_itself(document: bytes) -> None:
    assert sorted(row.fault is None for row in rows(document)) == [False, True]
    assert table(document).format.kind == "ndjson"


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("12.10", "12.10"),
        ("1e3", "1e3"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("123456789012345678", 123456789012345678),
        ("9" * 5000, "9" * 5000),
        ("-7", -7),
    ],
)
def test_no_number_becomes_a_float(text: str, exact: object) -> None:
    assert value(text) == exact


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"a":', "malformed_json"),
        (b"[1]", "malformed_json"),
        (b"null", "malformed_json"),
        (b"garbage", "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"a":"\xff"}', "not_utf8"),
        (b'{"a":"\\ud800"}', "not_utf8"),
        (b'{"\\uDC00":1}', "not_utf8"),
        (b'{"a":{"b":1,"c":2,"b":3}}', "repeated_name"),
    ],
)
def test_a_bad_line_costs_itself(line: bytes, code: str) -> None:
    assert told(b'{"a":1}\n' + line + b'\n{"a":2}\n{"a":3}\n') == [
        {"a": 1},
        code,
        {"a": 2},
        {"a": 3},
    ]


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert value(r'"\ud834\udd1e"') == "𝄞"


def test_a_bad_first_line_hides_nothing() -> None:
    assert told(b'{"a":\n{"a":1}\n{"a":2}\n') == ["malformed_json", {"a": 1}, {"a": 2}]


def test_a_line_without_end_is_one_row() -> None:
    body = b'{"a":1}\n{"a":"' + b"x" * MAX_LINE_BYTES + b'"}\n{"a":2}\n'
    first, long, last = rows(body)
    assert long.fault == Reason.LINE_TOO_LONG.of(limit=MAX_LINE_BYTES)
    assert (first.fields, last.fields) == ({"a": 1}, {"a": 2})


@pytest.mark.parametrize("pair", ["[]", ('{"é":', "}")])
def test_a_record_that_is_too_deep_costs_itself(pair: tuple[str, str]) -> None:
    """Whether it is read as lines or as a document, and however deep it is."""
    for depth, within in ((MAX_DEPTH, True), (MAX_DEPTH + 1, False), (700, False), (9000, False)):
        deep = f'{{"a":{pair[0] * (depth - 1)}1{pair[1] * (depth - 1)}}}'
        for body in (f'{{"b":"1"}}\n{deep}\n{{"c":"2"}}\n', f'[{{"b":"1"}},{deep},{{"c":"2"}}]'):
            first, found, last = rows(body.encode())
            assert (first.fields, last.fields) == ({"b": "1"}, {"c": "2"})
            assert (found.fault is None) is within
            assert within or (found.fault and found.fault.reason is Reason.MALFORMED_JSON)


def test_a_record_may_be_as_wide_as_it_likes() -> None:
    assert value(f"[{','.join(['[]'] * 500)}]") == [[]] * 500


def test_several_objects_in_a_line_are_a_row_each_and_reading_goes_on_from_any() -> None:
    body = '{"a":"ä"}{"a":[{}]}\r\n\ufeff{"a":3}, {"a":4}\n{"a":5}\n{"a":6}\n{"a":7}\n'.encode()
    found = rows(body)
    assert [row.fields["a"] for row in found] == ["ä", [{}], 3, 4, 5, 6, 7]
    assert [row.original for row in found[:2]] == ['{"a":"ä"}'.encode(), b'{"a":[{}]}']
    assert [body[row.offset :].startswith(row.original) for row in found] == [True] * 7
    for after in range(1, 7):
        first = table(body)
        for _ in zip(range(after), first, strict=False):
            pass
        assert list(open_rows(BytesIO(body), start=first.position)) == found[after:]


def test_a_line_of_objects_and_something_else_costs_itself() -> None:
    assert told(b'{"a":1}{"a":\n{"a":2}\n{"a":3}\n') == ["malformed_json", {"a": 2}, {"a": 3}]
