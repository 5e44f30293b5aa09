"""What damage leaves is read; what it takes is named; and nothing is read without bound."""

from __future__ import annotations

import gzip
import json
import random
from io import BytesIO
from itertools import islice

import pytest

from lambdas.clean.formats import Hints, Position, open_rows
from lambdas.clean.formats.packed import Bounds
from lambdas.clean.reasons import Reason
from tests.unit.clean.formats.reading import Stream, fields, rows, told

MANY = [{"id": str(number), "name": f"name {number * 7919}"} for number in range(2000)]
CSV = b"id,name\n" + b"".join(b"%b,%b\n" % (r["id"].encode(), r["name"].encode()) for r in MANY)
NDJSON = b"".join(json.dumps(row).encode() + b"\n" for row in MANY)
JSON = json.dumps(MANY).encode()


@pytest.mark.parametrize("body", [CSV, NDJSON, JSON], ids=["csv", "ndjson", "json"])
def test_a_gzip_that_ends_early_keeps_its_rows_and_names_the_rest(body: bytes) -> None:
    *before, last = rows(gzip.compress(body)[:-1500])
    assert len(before) > 500
    assert [row.fields for row in before] == MANY[: len(before)]
    assert last.fault is not None
    assert last.fault.reason is Reason.TRUNCATED
    assert body[last.offset :].startswith(last.original)


def test_a_record_that_damage_cuts_within_a_quote_is_the_rest() -> None:
    body = b'id,name\n1,Ada\n2,"' + random.Random(1).randbytes(90_000).hex().encode() + b'"\n'
    assert told(gzip.compress(body)[:-1000]) == [{"id": "1", "name": "Ada"}, "truncated"]


def test_a_gzip_that_yields_nothing_is_refused_whole() -> None:
    body = b"\x1f\x8b" + b"\xff" * 100
    (whole,) = rows(body)
    assert (whole.number, whole.original) == (0, body)
    assert whole.fault is not None
    assert whole.fault.reason is Reason.UNREADABLE_OBJECT


def test_several_gzip_members_are_one_table() -> None:
    half = len(CSV) // 2
    body = gzip.compress(CSV[:half]) + b"\0" * 9 + gzip.compress(CSV[half:])
    assert [row.fields for row in rows(body)] == MANY


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (Bounds(size=200_000), Reason.TOO_LARGE),
        (Bounds(ratio=100, free=200_000), Reason.INFLATED),
    ],
)
def test_a_bomb_is_unpacked_no_further_than_the_bounds(bounds: Bounds, reason: Reason) -> None:
    bomb = Stream(gzip.compress(b"id,name\n" + b"1,Ada\n" * 200_000))
    *before, last = open_rows(bomb, bounds=bounds)
    assert last.fault is not None
    assert last.fault.reason is reason
    assert 20_000 < len(before) <= 200_000 // 6


@pytest.mark.parametrize(
    "body",
    [
        b"PK\x03\x04" + bytes(100),
        b"%PDF-1.7\n%",
        gzip.compress(gzip.compress(CSV)),
        b"id,name\n" + random.Random(1).randbytes(5000),
        b"\0" * 1000,
        b"PARE" + bytes(100),
    ],
    ids=["zip", "pdf", "twice", "noise", "zeros", "encrypted"],
)
def test_binary_dressed_as_text_is_refused_whole(body: bytes) -> None:
    (whole,) = rows(body)
    assert (whole.number, whole.original) == (0, body)
    assert whole.fault is not None
    assert whole.fault.reason in {Reason.UNKNOWN_FORMAT, Reason.UNKNOWN_ENCODING}


@pytest.mark.parametrize(
    ("body", "advice"),
    [
        (b"PK\x03\x04" + bytes(26) + b"orders.csv", "a ZIP archive: unpack it, and put what"),
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "an Excel workbook: save its sheet"),
        (b"orders.csv".ljust(257, b"\0") + b"ustar" + CSV, "a tar archive: unpack it"),
        (b"\x28\xb5\x2f\xfd" + bytes(20), "Zstandard: unpack it, or pack it as gzip"),
        (b'<?xml version="1.0"?>\n<orders/>', "XML: export CSV or JSON"),
        (b'<orders>\n <order id="1"/>\n</orders>', "XML: export CSV or JSON"),
        ("\ufeff<!doctype html><title>Log in, please".encode("utf-16"), "HTML: it may tell why"),
    ],
)
def test_what_is_no_export_says_what_it_is_and_what_to_do(body: bytes, advice: str) -> None:
    (whole,) = rows(body)
    assert whole.fault is not None
    assert whole.fault.reason is Reason.UNKNOWN_FORMAT
    assert f"it is {advice}" in whole.fault.message


def test_brackets_in_a_header_are_no_markup() -> None:
    assert fields(b"<DAY>,<PRICE>\n1,2\n") == [{"<DAY>": "1", "<PRICE>": "2"}]


def test_a_first_line_without_end_refuses_the_object_for_its_header() -> None:
    (whole,) = rows(b"id,name" + b"x" * 2_000_000)
    assert whole.number == 0
    assert whole.fault is not None
    assert whole.fault.message.startswith("the header: the line is longer than")


def test_a_source_that_fails_is_no_fault_of_the_object() -> None:
    class Failing:
        def read(self, size: int) -> bytes:
            raise ConnectionError(f"{size} bytes did not come")

    with pytest.raises(ConnectionError):
        open_rows(Failing())


def test_a_source_that_can_seek_is_not_read_up_to_where_reading_goes_on() -> None:
    class Counting(BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.taken += len(data)
            return data

    body = CSV * 100
    start = Position(len(CSV) * 99, 7)
    source = Counting(body)
    found = list(open_rows(source, start=start))
    assert [found[0].number, found[-1].fields] == [8, MANY[-1]]
    assert source.taken < len(body) - 900_000


BODIES = {
    "csv": (CSV, Hints()),
    "quoted": (b'id,name\n1,"a\nb"\n2,"c\n3,d\n"4","""\n"\n', Hints()),
    "swallowing": (b'id,name\n2,"Bob\n' + b"1,Ada\n" * 30, Hints()),
    "utf-16": ('id;name\n1;"ä\n𝄞"\n2;b\n3;c'.encode("utf-16"), Hints()),
    "ndjson": (b'{"a":1}\n\n{"b":2}\r\ngarbage\n{"c":"\xc3\xa9"}', Hints()),
    "json": (b'\xef\xbb\xbf[{"a":1}, {"b":"\xc3\xa9"}, nul, {"c":[{}]} ]', Hints()),
    "nested": (b'{"n":[0],"d":{"r":[{"a":1},{"b":2}],"z":1}}\n' * 2, Hints(record_path=("d", "r"))),
    "open": (b'[{"a":1},{"b":2},{"c":', Hints()),
    "truncated": (gzip.compress(CSV)[:-1500], Hints()),
    "header": (b"id,id\n1,2\n", Hints()),
    "nowhere": (b'{"a":\n[]}', Hints(record_path=("b",))),
    "empty": (b"", Hints()),
}


@pytest.mark.parametrize(("body", "hints"), BODIES.values(), ids=BODIES)
def test_reading_on_from_any_row_gives_the_rows_after_it(body: bytes, hints: Hints) -> None:
    whole = list(open_rows(Stream(body), hints))
    step = max(1, len(whole) // 5)
    for cut in range(0, len(whole) + 1, step):
        first = open_rows(Stream(body), hints)
        before = list(islice(first, cut))
        position = first.position if before else Position()
        rest = open_rows(Stream(body, 7), hints, position)
        assert rest.format == first.format
        assert before + list(rest) == whole
