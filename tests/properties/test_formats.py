"""Laws of reading files: what was written comes back, and damage takes nothing but what it hits."""

from __future__ import annotations

import csv
import gzip
import io
import json
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lambdas.clean.formats import Hints, Position, open_rows
from lambdas.clean.formats.lines import MAX_LINE_BYTES
from lambdas.clean.formats.packed import Bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.clean.formats import Row, Table

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Table_ = list[list[str]]

words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\u2028"), max_size=8
)
plain = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-_$()äöüßéèñÅ", max_size=9
)
unruly = st.text('ab,;|\t"\n\r é', max_size=8)
names = st.lists(
    st.text("abcdefghij_", min_size=1, max_size=6), min_size=2, max_size=4, unique=True
)


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[str]) -> Table_:
    """A header and rows of which none is blank."""
    header = draw(names)
    row = st.lists(cells, min_size=len(header) - 1, max_size=len(header) - 1)
    firsts = st.integers(0, 10**6).map(str)
    return [
        header,
        *(
            [first, *rest]
            for first, rest in draw(st.lists(st.tuples(firsts, row), min_size=1, max_size=9))
        ),
    ]


def delimited(
    table: Table_, delimiter: str, quoting: Any = csv.QUOTE_MINIMAL, end: str = "\n"
) -> str:
    if any(end in cell for row in table for cell in row for end in "\r\n"):
        quoting = csv.QUOTE_ALL  # the writer quotes no other line's end than its own
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(table)
    return target.getvalue()


def objects(table: Table_) -> list[dict[str, str]]:
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def read(body: bytes, **hints: Any) -> list[Row]:
    return list(open_rows(io.BytesIO(body), Hints(**hints)))


def fields(rows: list[Row]) -> list[dict[str, Any]]:
    assert [row.fault for row in rows] == [None] * len(rows)
    return [row.fields for row in rows]


packings = st.sampled_from([bytes, gzip.compress])
unicode = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


@often
@given(
    table=tables(words | unruly),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=unicode,
    pack=packings,
)
def test_a_table_in_any_dialect_and_unicode_comes_back(
    table: Table_,
    delimiter: str,
    quoting: Any,
    end: str,
    encoding: str,
    pack: Callable[[bytes], bytes],
) -> None:
    body = pack(delimited(table, delimiter, quoting, end).encode(encoding))
    assert fields(read(body, delimiter=delimiter, header=True)) == objects(table)


@often
@given(
    table=tables(plain),
    delimiter=st.sampled_from(";\t|"),
    encoding=st.sampled_from(["cp1252", "utf-8", "utf-16-le", "utf-16-be"]),
)
def test_a_table_of_a_western_shop_comes_back_without_any_hint(
    table: Table_, delimiter: str, encoding: str
) -> None:
    """Or it is refused where that little text does not tell its encoding: never is it mojibake."""
    rows = read(delimited(table, delimiter).encode(encoding))
    if not any(row.fault for row in rows):
        assert [row.fields for row in rows] == objects(table)
    else:
        assert encoding == "cp1252"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
documents = st.lists(st.dictionaries(words, values, min_size=1, max_size=4), min_size=1, max_size=6)


def exact(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int():
            return value if len(str(value)) <= 18 else str(value)
        case list():
            return [exact(each) for each in value]
        case dict():
            return {name: exact(each) for name, each in value.items()}
        case _:
            return value


@often
@given(
    rows=documents,
    layout=st.sampled_from(["ndjson", "array", "lines", "nested"]),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
    encoding=unicode,
    pack=packings,
)
def test_json_in_any_layout_comes_back(
    rows: list[dict[str, Any]],
    layout: str,
    indent: int | None,
    ascii_only: bool,
    encoding: str,
    pack: Callable[[bytes], bytes],
) -> None:
    def dumped(value: Any) -> str:
        return json.dumps(
            value, indent=None if layout == "ndjson" else indent, ensure_ascii=ascii_only
        )

    text = {
        "ndjson": "\n".join(map(dumped, rows)),
        "array": dumped(rows),
        "lines": "[\n" + ",\n".join(map(dumped, rows)) + "\n]\n",
        "nested": dumped({"about": {"data": [0]}, "data": {"rows": rows}, "next": None}),
    }[layout]
    path = ("data", "rows") if layout == "nested" else ()
    found = read(pack(text.encode(encoding)), record_path=path)
    assert fields(found) == exact(rows)


def whole_lines(rows: int) -> tuple[bytes, list[dict[str, str]]]:
    """A table that tells its bytes' places: no two rows are alike."""
    lines = [{"id": str(at), "name": f"name {at * 7919}"} for at in range(rows)]
    return b"".join(b"%b;%b\n" % (r["id"].encode(), r["name"].encode()) for r in lines), lines


BODY, ROWS = whole_lines(200)
BODIES = {
    "csv": b"id;name\n" + BODY,
    "quoted": b'"id";"name"\n' + b'"1";"a\n""b"\n' * 60,
    "ndjson": b"".join(json.dumps(row).encode() + b"\n" for row in ROWS),
    "json": json.dumps(ROWS, indent=1).encode(),
    "wide": ("id;name\n" + BODY.decode()).encode("utf-16"),
}
damages = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 12), st.binary(max_size=30)),
    min_size=1,
    max_size=3,
)


LONGEST_END = 4
"""Of a line, in bytes of UTF-16."""


def damaged(body: bytes, damage: list[tuple[float, int, bytes]]) -> tuple[bytes, int]:
    """The body with stretches replaced, and the first place that differs."""
    first = len(body)
    for share, length, noise in damage:
        at = int(share * len(body))
        body, first = body[:at] + noise + body[at + length :], min(first, at)
    return body, first


def conserved(rows: list[Row], unpacked: bytes) -> None:
    """Every row stands where it says, none overlaps, and all between them is of no record."""
    assert [row.number for row in rows] == list(range(1, len(rows) + 1)) or rows[-1].number == 0
    records = [row for row in rows if row.number]
    for row in records:
        assert unpacked[row.offset :].startswith(row.original)
    for row, following in pairwise(records):
        between = unpacked[row.offset + len(row.original) : following.offset]
        assert row.offset + len(row.original) <= following.offset
        if len(row.original) <= MAX_LINE_BYTES:
            assert not between.translate(None, b"\0\r\n\t ,;|[]"), between


@often
@given(kind=st.sampled_from(sorted(BODIES)), damage=damages)
def test_damage_takes_no_row_before_it_and_every_byte_is_a_row_s(
    kind: str, damage: list[tuple[float, int, bytes]]
) -> None:
    sound = read(BODIES[kind], delimiter=";", header=True)
    body, first = damaged(BODIES[kind], damage)
    rows = read(body, delimiter=";", header=True, encoding="utf-8")
    if first < 400 or (rows and rows[0].number == 0):
        return  # what shows the format is hit
    kept = [row for row in sound if row.offset + len(row.original) + LONGEST_END <= first]
    assert rows[: len(kept)] == kept
    conserved(rows, body)


@often
@given(kind=st.sampled_from(sorted(BODIES)), damage=damages)
def test_damage_to_packed_bytes_keeps_rows_in_their_order(
    kind: str, damage: list[tuple[float, int, bytes]]
) -> None:
    sound = read(BODIES[kind], delimiter=";", header=True)
    packed = gzip.compress(BODIES[kind])
    assume(damaged(packed, damage)[0] != packed)
    rows = read(damaged(packed, damage)[0], delimiter=";", header=True)
    if rows and rows[0].number:  # else the format is none, or another one
        same = [row for row, other in zip(rows, sound, strict=False) if row == other]
        assert rows[: len(same)] == sound[: len(same)]


anything = st.one_of(
    st.binary(max_size=300),
    st.text('{}[]":,;|\t\n\r\\aé1-+.eu', max_size=200).map(lambda text: text.encode()),
    st.text('",\nab', max_size=200).map(lambda text: text.encode("utf-16")),
    st.binary(max_size=200).map(gzip.compress),
    st.binary(max_size=100).map(lambda data: b"\x1f\x8b\x08\0" + data),
)


@settings(often, max_examples=300)
@given(
    body=anything,
    path=st.sampled_from([(), ("a",), ("a", "é")]),
    cut=st.integers(0, 10),
    sip=st.integers(1, 50),
)
def test_whatever_the_bytes_are_a_table_comes_of_them_and_can_be_read_in_parts(
    body: bytes, path: tuple[str, ...], cut: int, sip: int
) -> None:
    def opened(start: Position = BEGINNING) -> Table:
        return open_rows(Sipped(body, sip), Hints(record_path=path), start, Bounds(size=100_000))

    rows = list(opened())
    assert rows == list(opened())
    first = opened()
    before = list(islice(first, cut))
    rest = list(opened(first.position if before else BEGINNING))
    assert before + rest == rows


BEGINNING = Position()


class Sipped:
    """A source that gives a few bytes at a time."""

    def __init__(self, body: bytes, sip: int) -> None:
        self._body = io.BytesIO(body)
        self._sip = sip

    def read(self, size: int) -> bytes:
        return self._body.read(min(size, self._sip))
