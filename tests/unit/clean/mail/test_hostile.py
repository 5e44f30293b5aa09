"""Mails that are meant to hurt: each costs one refused record, little memory and little time."""

from __future__ import annotations

import base64
import gzip
import resource
import time
from typing import TYPE_CHECKING

import pytest

from lambdas.clean.mail.bounds import MAX_BYTES, MAX_LINES
from tests.mailing import HEAD, HTML, TEXT, read, record, refused, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 60.0
"""Of a processor: a guard against what does not end, many times what any of these needs."""

N = 100_000


@pytest.fixture(autouse=True)
def _ends() -> Iterator[None]:
    before = time.process_time()
    yield
    assert time.process_time() - before < SECONDS


def nested(levels: int, inner: bytes = b"\r\n") -> bytes:
    body = inner
    for level in range(levels):
        mark = b"b%d" % level
        head = b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n" % mark
        body = head + b"--%b\r\n" % mark + body + b"\r\n--%b--\r\n" % mark
    return HEAD + body


def messages(levels: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * levels + b"\r\nhi"


def passed_on(levels: int, size: int) -> bytes:
    """Orders, each attached to the one before."""
    last = HEAD.replace(b"Order", b"News") + b"\r\n" + b"x" * size
    mark = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n\r\n%b\r\n--b%d\r\n"
    for level in range(levels):
        head = HEAD + mark % (level, level, TEXT.encode(), level)
        last = head + b"Content-Type: message/rfc822\r\n\r\n" + last + b"\r\n--b%d--" % level
    return last.replace(b"Order", b"Fwd", 1)


def parts(number: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * number + b"--b--"


def page(html: str) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()


def headed(line: bytes) -> bytes:
    return HEAD + line + b"\r\n\r\n" + TEXT.encode()


BEYOND: dict[str, Callable[[], bytes]] = {
    "a hundred megabytes": lambda: HEAD + b"\r\n" + b"x" * 100_000_000,
    "a gzip bomb": lambda: gzip.compress(HEAD + b"\r\n" + bytes(MAX_BYTES + 1)),
    "multiparts in one another": lambda: nested(500),
    "messages in one another": lambda: messages(500),
    "thousands of parts": lambda: parts(20_000),
    "thousands of headers": lambda: HEAD + b"X-A: b\r\n" * N + b"\r\nhi",
    "an endless header": lambda: HEAD + b"X-A: " + b"b" * 10_000_000,
    "an endless subject": lambda: HEAD.replace(b"A-1\r", b"b" * N + b"\r") + b"\r\nhi",
    "parameters without end": lambda: headed(b"Content-Type: text/plain" + b';x="' * N),
    "a text without end": lambda: HEAD + b"\r\n" + TEXT.encode() + b"x" * 5_000_000,
    "lines without end": lambda: HEAD + b"\r\n" + TEXT.encode() * MAX_LINES,
    "a field without end": lambda: HEAD + b"\r\n" + TEXT.encode() + b"Note: " + b"x" * N,
    "elements in one another": lambda: page("<div>" * N),
    "elements without number": lambda: page("<i></i>" * N),
    "tags that are misnested": lambda: page("<p>" + "<b>" * 1000 + "<p>x" * 1000),
    "forwards of forwards": lambda: passed_on(4, 28_000_000),
    "lines in lines": lambda: page(
        "<p class=order>A-1</p>"
        + "<table><tr class=line data-price=1><td>" * 60
        + "<i></i>" * 48_000
        + "<b class=sku>MUG</b><b class=qty>1"
    ),
}
"""Each is beyond a bound."""


@pytest.mark.parametrize("what", BEYOND)
def test_what_is_beyond_a_bound_is_one_refused_record(what: str) -> None:
    code, message = refused(BEYOND[what]())
    assert code == "mail_beyond_bounds", message


UNREADABLE = {
    "nothing": b"",
    "no headers": b"\r\n\r\nHello",
    "binary": bytes(range(256)) * 100,
    "one line": b"x" * 1_000_000,
    "a truncated gzip": gzip.compress(HEAD * 100)[:-20],
    "a zip archive": b"PK\x03\x04" + bytes(1000),
    "a multipart that is not closed": nested(1)[:-10],
    "a multipart without boundary": headed(b"Content-Type: multipart/mixed"),
    "a boundary that never comes": headed(b"Content-Type: multipart/mixed; boundary=b"),
    "two senders": headed(b"From: boss@shop.example"),
    "two subjects": headed(b"Subject: Order A-2"),
    "no date": headed(b"X: y").replace(b"Date:", b"X-Date:"),
    "a date of nowhere": headed(b"X: y").replace(b"17 Mar 2026", b"99 Foo 99999"),
    "a date behind all": headed(b"X: y")
    .replace(b"17 Mar 2026 10", b"31 Dec 9999 23")
    .replace(b"+0", b"-0"),
    "no sender": headed(b"X: y").replace(b"From:", b"X-From:"),
    "a sender who is none": headed(b"X: y").replace(b"orders@", b"(" * 500),
    "damaged base64": headed(b"Content-Transfer-Encoding: base64"),
    "an encoding that nobody knows": headed(b"Content-Transfer-Encoding: x-uue"),
    "a header that is no text": headed(b"Message-ID: \xff\xfe").replace(b"Message-ID: <", b"X: <"),
    "an encoded word that is none": headed(b"X: y").replace(b"Shop", b"=?utf-8?b?=ZZ?="),
    "an encoded word of another charset": headed(b"X: y").replace(b"Shop", b"=?x?q?=FF?="),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_one_refused_record(what: str) -> None:
    assert refused(UNREADABLE[what])[1]


SLOW = {
    "comments": "<!--" * N,
    "brackets": "<" * N + "</" * N + "<!" * N,
    "quotes": "<a x=\"<a x='" * (N // 3),
    "attributes": f"<p {' '.join(f'a{n}=1' for n in range(N))}>",
    "blanks": "<p " + " " * N * 5 + "x",
    "equal signs": "<p " + "= " * N * 3,
    "entities": "&#x41" * N + "&amp" * N,
    "scripts": "<script>" * N,
    "cells": "<table><tr><td>" * 60 + "<td></b>" * 20_000,
}


@pytest.mark.parametrize("what", SLOW)
def test_html_that_makes_others_slow_is_read_or_refused(what: str) -> None:
    [row] = read(page(SLOW[what])).rows
    assert row.fault is not None, "there is no order in it"


def test_a_text_that_makes_other_patterns_slow_is_read() -> None:
    assert refused(HEAD + b"\r\n" + b"Order: " * N)[0] == "missing_in_mail"


def test_what_is_remote_or_a_script_is_text_that_nobody_reads() -> None:
    html = f"<script>steal()</script><img src=http://evil.example/x>{HTML}<iframe>x</iframe>"
    assert record(written(None, html))["order"] == "A-1"


def test_an_archive_in_a_mail_is_not_unpacked() -> None:
    mail = written()
    bomb = gzip.compress(bytes(50_000_000))
    mail.add_attachment(bomb, "application", "gzip", filename="rows.csv")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    [taken] = read(mail).taken
    assert taken.file.content == bomb
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_a_large_mail_within_the_bounds_is_read() -> None:
    noise = base64.encodebytes(bytes(10_000_000))
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
    attached = b"\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    assert record(HEAD + head + TEXT.encode() + attached + noise + b"\r\n--b--")["order"] == "A-1"
