"""Lines are told from bytes, whatever state the bytes are in."""

from __future__ import annotations

import gzip
import zlib

import pytest

from lambdas.clean.captured import decode
from lambdas.clean.captured.decode import Line, read_lines
from lambdas.clean.reasons import WHOLE_OBJECT, Reason


def fault(line: Line) -> Reason | None:
    return line.fault.reason if line.fault else None


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["gzip", "plain"])
def test_lines_are_numbered_as_an_editor_numbers_them(pack: type[bytes]) -> None:
    body = pack(b'\xef\xbb\xbf{"a":1}\n\n  \r\n{"b":2}\r\n{"c":3}')
    assert list(read_lines(body)) == [
        Line(1, b'{"a":1}'),
        Line(4, b'{"b":2}\r'),
        Line(5, b'{"c":3}'),
    ]


def test_an_object_of_several_gzip_members_is_read_to_its_end() -> None:
    body = gzip.compress(b"one\ntw") + b"\0\0" + gzip.compress(b"o\nthree\n")
    assert [line.data for line in read_lines(body)] == [b"one", b"two", b"three"]


def test_an_empty_object_has_no_lines() -> None:
    assert list(read_lines(b"")) == []
    assert list(read_lines(gzip.compress(b""))) == []


TEXT = b"".join(b"line %d of many\n" % number for number in range(5000))


def test_a_gzip_that_ends_early_keeps_what_came_before() -> None:
    *before, last = read_lines(gzip.compress(TEXT)[:-2000])
    assert len(before) > 1000
    assert TEXT.startswith(b"".join(line.data + b"\n" for line in before) + last.data)
    assert fault(last) is Reason.TRUNCATED
    assert last.row == len(before) + 1


def test_a_corrupt_gzip_keeps_every_byte_before_the_damage() -> None:
    packer = zlib.compressobj(wbits=31)
    body = packer.compress(TEXT) + packer.flush(zlib.Z_FULL_FLUSH) + b"\xff" * 64  # no such block
    *before, last = read_lines(body)
    assert b"".join(line.data + b"\n" for line in before) == TEXT
    assert (last.row, fault(last)) == (5001, Reason.TRUNCATED)


def test_a_wrong_checksum_is_damage_after_the_last_line() -> None:
    body = gzip.compress(TEXT)
    *before, last = read_lines(body[:-8] + b"\0" * 8)
    assert len(before) == 5000
    assert (last.row, fault(last)) == (5001, Reason.TRUNCATED)


def test_bytes_after_the_gzip_stream_are_damage() -> None:
    *before, last = read_lines(gzip.compress(b"one\n") + b"what is this")
    assert [line.data for line in before] == [b"one"]
    assert fault(last) is Reason.TRUNCATED


def test_a_gzip_that_yields_nothing_is_unreadable_as_a_whole() -> None:
    body = b"\x1f\x8b" + b"\xff" * 100
    (line,) = read_lines(body)
    assert (line.row, line.data, fault(line)) == (WHOLE_OBJECT, body, Reason.UNREADABLE_OBJECT)


def test_a_bomb_is_unpacked_no_further_than_the_bound() -> None:
    bomb = gzip.compress(b"a\n" * 1_000_000)
    *before, last = read_lines(bomb, max_bytes=100_000)
    assert fault(last) is Reason.TOO_LARGE
    assert 0 < len(before) <= 50_000


def test_an_endless_line_is_one_record_and_its_neighbours_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decode, "MAX_LINE_BYTES", 1000)
    lines = list(read_lines(gzip.compress(b"a\n" + b"x" * 300_000 + b"\nb\n")))
    assert [fault(line) for line in lines] == [None, Reason.LINE_TOO_LONG, None]
    assert len(lines[1].data) == 1001
