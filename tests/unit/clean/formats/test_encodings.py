"""A text's encoding is told by its bytes, and no record is ever mojibake."""

from __future__ import annotations

import codecs
import gzip

import pytest

from lambdas.clean.formats import Hints, Row
from lambdas.clean.reasons import Reason
from tests.unit.clean.formats.reading import fields, rows, table, told

TEXT = "id,name\r\n1,José\r\n2,Łódź 𝄞\r\n"
WESTERN = "id,name\n1,José\n2,Ångström & Söhne — “€5”\n"
FOUND = [{"id": "1", "name": "José"}, {"id": "2", "name": "Łódź 𝄞"}]


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_unicode_is_told_with_or_without_a_mark(body: bytes, encoding: str) -> None:
    for each in (body, gzip.compress(body)):
        assert fields(each) == FOUND
        assert table(each).format.encoding == encoding


def test_rows_of_utf_16_have_their_own_bytes_and_places() -> None:
    body = codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")
    second = "2,Łódź 𝄞".encode("utf-16-le")
    assert rows(body)[1] == Row(2, body.index(second), FOUND[1], second)


@pytest.mark.parametrize("document", ['[{"a": "é𝄞"}, {"a": "x"}]', '{"a": "é𝄞"}\n{"a": "x"}\n'])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16"])
def test_json_comes_in_every_unicode_too(document: str, encoding: str) -> None:
    assert fields(document.encode(encoding)) == [{"a": "é𝄞"}, {"a": "x"}]


def test_half_a_surrogate_pair_in_utf_16_costs_its_row() -> None:
    body = "id,name\n1,x\ud800y\n2,Bob\n".encode("utf-16-le", "surrogatepass")
    bad, good = rows(body)
    assert bad.fault is not None
    assert bad.fault.reason is Reason.UNDECODABLE
    assert bad.original == "1,x\ud800y".encode("utf-16-le", "surrogatepass")
    assert good.fields == {"id": "2", "name": "Bob"}


def test_half_a_character_at_the_end_of_utf_16_is_damage() -> None:
    assert told("id,name\n1,x\n2,".encode("utf-16-le") + b"B") == [
        {"id": "1", "name": "x"},
        "truncated",
    ]


def test_western_text_is_read_as_cp1252() -> None:
    assert fields(WESTERN.encode("cp1252")) == [
        {"id": "1", "name": "José"},
        {"id": "2", "name": "Ångström & Söhne — “€5”"},
    ]
    assert table(WESTERN.encode("cp1252")).format.encoding == "cp1252"


def test_in_a_file_of_cp1252_what_is_utf_8_is_read_so() -> None:
    body = WESTERN.encode("cp1252") + "3,Zoë\n".encode()
    assert fields(body)[2] == {"id": "3", "name": "Zoë"}


def test_a_row_of_another_encoding_in_a_file_of_utf_8_costs_itself() -> None:
    body = TEXT.encode() + "3,Zoë\n".encode("cp1252")
    assert told(body) == [*FOUND, "not_utf8"]
    assert rows(body)[2].original == b"3,Zo\xeb"


def test_a_byte_that_cp1252_does_not_have_costs_its_row() -> None:
    body = WESTERN.encode("cp1252") * 200 + b"3,\x81\n"
    *_, last = told(body)
    assert last == "undecodable"


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Привет", "cp1251"),
        ("Łódź, ąęść", "cp1250"),
        ("Γειά", "iso8859-7"),
        ("日本語の商品", "shift-jis"),
    ],
)
def test_what_cannot_be_told_is_refused_rather_than_guessed(name: str, encoding: str) -> None:
    body = f"id;name\n1;{name}\n".encode(encoding)
    (whole,) = rows(body)
    assert (whole.number, whole.original) == (0, body)
    assert whole.fault is not None
    assert whole.fault.reason is Reason.UNKNOWN_ENCODING


@pytest.mark.parametrize("encoding", ["cp1251", "windows-1251"])
def test_a_mapping_may_name_the_encoding(encoding: str) -> None:
    body = "id;name\n1;Привет\n".encode("cp1251")
    assert fields(body, encoding=encoding) == [{"id": "1", "name": "Привет"}]


def test_a_mapping_s_encoding_does_not_make_mojibake_of_unicode() -> None:
    assert fields(TEXT.encode(), encoding="latin-1") == FOUND
    assert fields(TEXT.encode("utf-16"), encoding="cp1251") == FOUND


def test_latin_1_is_cp1252_as_in_browsers() -> None:
    assert fields(b"id,name\n1,\x80\n", encoding="iso-8859-1") == [{"id": "1", "name": "€"}]


def test_utf_16_without_ascii_enough_is_told_by_the_mapping() -> None:
    body = "名前\n日本語日本語日本語日本語\n".encode("utf-16-be")
    assert fields(body, encoding="UTF-16BE") == [{"名前": "日本語日本語日本語日本語"}]


def test_a_few_stray_bytes_do_not_make_ascii_another_encoding() -> None:
    assert told(b"id,name\n1,\xff\xff\n2,Bob\n") == ["not_utf8", {"id": "2", "name": "Bob"}]


@pytest.mark.parametrize(
    "hints",
    [
        {"encoding": "klingon"},
        {"encoding": "shift-jis"},
        {"encoding": "hex"},
        {"delimiter": ",,"},
        {"delimiter": "\n"},
        {"quote": "ab"},
        {"quote": ",", "delimiter": ","},
        {"delimiter": "é"},
        {"columns": ("a", "a")},
    ],
)
def test_hints_that_nothing_can_follow_are_refused(hints: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(hints))):
        Hints(**hints)  # type: ignore[arg-type]  # any of them


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_mark_is_no_part_of_a_name_however_often_it_is_set(encoding: str, times: int) -> None:
    body = ("\ufeff" * times + '"id",name\r\n1,José\r\n').encode(encoding)
    (row,) = rows(body)
    assert row.fields == {"id": "1", "name": "José"}
    assert row.offset == body.index("1".encode(encoding))
    assert fields(("\ufeff" * times + '{"a":"é"}').encode(encoding)) == [{"a": "é"}]
