"""The texts of mails: by whatever charset and encoding they travelled, they say the same."""

from __future__ import annotations

import pytest

from tests.mailing import HEAD, HTML, LINES, TEXT, record, refused, written


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit", "7bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "cp1252"])
def test_every_transfer_encoding_and_charset_gives_the_same_text(
    encoding: str, charset: str
) -> None:
    note = "Grüße" if encoding != "7bit" else "Hi"
    mail = written(None)
    mail.set_content(f"Order: A-1\nNote: {note}\n1 x CUP at 7.20\n", charset=charset, cte=encoding)
    assert record(mail)["note"] == note


def sent(charset: str, body: bytes) -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=%b\r\n\r\n" % charset.encode() + body


def noted(text: str, charset: str) -> bytes:
    return f"Order: A-1\nNote: {text}\n1 x CUP at 7.20\n".encode(charset)


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("koi8-r", "Привет"),
        ("shift_jis", "こんにちは"),
        ("iso-2022-jp", "こんにちは"),
        ("gb2312", "你好"),
        ("windows-1250", "Žluťoučký"),
        ("utf-16", "Grüße"),
    ],
)
def test_odd_charsets_are_read_by_their_names(charset: str, text: str) -> None:
    assert record(sent(charset, noted(text, charset)))["note"] == text


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("gb2312", "gb18030", "镕"),
        ("x-gbk", "gb18030", "镕"),
        ("shift_jis", "cp932", "①"),
        ("Windows-31J", "cp932", "①"),
        ("x-sjis", "cp932", "①"),
        ("ks_c_5601-1987", "cp949", "똠"),
        ("windows-949", "cp949", "똠"),
        ("big5", "big5hkscs", "㗎"),
        ("iso-8859-9", "cp1254", "5 €"),
        ("tis-620", "cp874", "5 €"),
        ("windows-874", "cp874", "5 €"),
        ("iso-8859-8-i", "iso8859-8", "שלום"),
        ("utf-8-sig", "utf-8", "Grüße"),
        ("x-unknown", "ascii", "Hi"),
        ("unknown-8bit", "ascii", "Hi"),
        ("gbk", "gbk", "茅"),
    ],
)
def test_charsets_are_what_senders_mean_by_their_names(charset: str, codec: str, text: str) -> None:
    assert record(sent(charset, noted(text, codec)))["note"] == text


def test_what_several_bytes_a_character_may_mean_is_not_taken_for_utf_8() -> None:
    both = "脙录".encode("gbk")
    assert both.decode() == "Ã¼"
    assert record(sent("gbk", b"Order: A-1\nNote: " + both + TEXT[10:].encode()))["note"] == "脙录"


def test_a_charset_that_lacks_its_semicolon_is_one() -> None:
    mail = HEAD + b"Content-Type: text/plain charset=iso-8859-1\r\n\r\n"
    assert record(mail + noted("Grüße", "latin-1"))["note"] == "Grüße"


@pytest.mark.parametrize("charset", ["us-ascii", "iso-8859-1", "windows-1251", "big5"])
def test_utf_8_under_a_wrong_name_is_utf_8(charset: str) -> None:
    assert record(sent(charset, noted("Grüße", "utf-8")))["note"] == "Grüße"


def test_what_says_latin_1_and_means_cp1252_is_that() -> None:
    assert record(sent("iso-8859-1", noted("5 €", "cp1252")))["note"] == "5 €"


@pytest.mark.parametrize(
    "charset", ["utf-8", "us-ascii", "x-unknown", "rot13", "zlib", "idna", "unicode_escape"]
)
def test_a_text_that_cannot_be_told_costs_the_mail_a_refusal_and_is_never_guessed(
    charset: str,
) -> None:
    code, message = refused(sent(charset, noted("Grüße", "latin-1")))
    assert code == "mail_undecodable"
    assert "text/plain" in message


def test_a_no_break_space_and_a_mark_are_no_text() -> None:
    text = "\ufeff" + TEXT.replace("2 x MUG", "2\xa0x MUG")
    assert record(sent("utf-8", text.encode()))["lines"] == LINES


@pytest.mark.parametrize(("more", "space"), [(b"", " "), (b"; delsp=yes", "")])
def test_lines_that_were_wrapped_for_the_way_are_whole(more: bytes, space: str) -> None:
    text = b"Order: A-1\r\nNote: so \r\nlong\r\n-- \r\n 1 x CUP at 7.20\r\n> a \r\n>> b\r\n"
    found = record(sent("utf-8; format=flowed" + more.decode(), text))
    assert found["note"] == f"so{space}long"
    assert found["lines"] == LINES[1:]


def test_html_is_read_without_what_nobody_sees() -> None:
    html = HTML.replace("A-1", "A<wbr>&shy;-&#8203;1\u2060").replace("MUG", "M\u200dU\ufeffG")
    found = record(written(None, html))
    assert (found["order"], found["lines"]) == ("A-1", LINES)


def test_utf_8_needs_no_charset() -> None:
    assert record(HEAD + b"\r\n" + noted("Grüße", "utf-8"))["note"] == "Grüße"


def test_a_charset_that_is_not_known_may_mean_anything_by_ascii() -> None:
    assert refused(sent("utf-7", b"Order: A-1\nNote: Gr+APw-n\n"))[0] == "mail_undecodable"


def test_spaces_at_the_ends_of_quoted_printable_lines_are_none_of_the_text() -> None:
    head = HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    body = b"Order: A-1 \t\r\n2 x MUG at 12.= \r\n50  \r\n1 x CUP at 7.2=\t\r\n0 "
    assert record(head + body)["lines"] == LINES


def test_marks_of_direction_are_no_text_and_a_narrow_space_is_a_space() -> None:
    body = "Order: \u200fA-1\u200e\n\u202d2\u202c x\u2009MUG\u202fat 12.50\n1 x CUP at 7\u2060.20\n"
    assert record(sent("utf-8", body.encode()))["lines"] == LINES


@pytest.mark.parametrize("hidden", ['style="color:red; DISPLAY : none"', "hidden"])
def test_what_is_hidden_within_a_cell_is_none_of_its_number(hidden: str) -> None:
    page = HTML.replace("<td class=qty>2", f"<td class=qty>\u200e<b {hidden}>9</b><span>2</span>")
    assert record(written(None, page))["lines"] == LINES
