"""What vendors really send: charsets, damage, and files made to do harm."""

from __future__ import annotations

import codecs
import gzip

import pytest

from lambdas.imports.files import MAX_UNPACKED_BYTES, UnreadableFileError, text_of

TEXT = "item_name,category,price\nCafé Größe,Küche,1.00\n"


def read(body: bytes, charset: str | None = None, *, gzipped: bool = False) -> str:
    return text_of(body, gzipped=gzipped, charset=charset)


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode(), None),
        (codecs.BOM_UTF8 + TEXT.encode(), None),
        (TEXT.encode("utf-16"), None),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), None),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("iso8859-1"), "iso8859-1"),
        (codecs.BOM_UTF8 + TEXT.encode(), "cp1252"),
    ],
)
def test_a_mark_or_a_name_tells_the_charset_and_utf_8_needs_neither(
    body: bytes, charset: str | None
) -> None:
    assert read(body, charset) == TEXT


def test_latin_1_that_does_not_say_so_is_refused_with_its_line_never_guessed() -> None:
    with pytest.raises(UnreadableFileError, match=r"line 2 holds the byte 0xe9.*charset="):
        read(TEXT.encode("iso8859-1"))


def test_utf_16_without_a_mark_is_told_from_utf_8() -> None:
    with pytest.raises(UnreadableFileError, match="utf-16le"):
        read(b"price\n".decode().encode("utf-16-le"))


@pytest.mark.parametrize("body", [b"", b" \n\r\n "])
def test_a_file_without_anything_is_empty(body: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        read(body)


def test_gzip_is_unpacked_in_all_its_members() -> None:
    body = gzip.compress(TEXT[:20].encode()) + gzip.compress(TEXT[20:].encode())
    assert read(body, gzipped=True) == TEXT


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(TEXT.encode(), mtime=0)[:-9],
        b"\x1f\x8bnot gzip",
        gzip.compress(b"x", mtime=0) + b"y",
    ],
    ids=["cut", "nonsense", "followed"],
)
def test_damaged_gzip_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="not whole gzip"):
        read(body, gzipped=True)


def test_a_bomb_is_unpacked_no_further_than_the_limit() -> None:
    bomb = gzip.compress(bytes(2 * MAX_UNPACKED_BYTES))
    with pytest.raises(UnreadableFileError, match=str(MAX_UNPACKED_BYTES)):
        read(bomb, gzipped=True)
