"""Laws of mails: none is lost, none counts twice, and what orders say is what was written."""

from __future__ import annotations

import gzip
from email.policy import SMTP
from io import BytesIO
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lambdas.clean.mail.html import parse
from lambdas.clean.mail.rows import read_mail
from lambdas.clean.mail.selectors import Selector
from lambdas.clean.sources.transform import clean_parts
from tests.mailing import HTML, MAPPING, TEXT, shop_mails, written
from tests.mappings import mapping

if TYPE_CHECKING:
    from email.message import EmailMessage

    from lambdas.clean.mapping import SourceMapping

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seldom = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SHOP = mapping(MAPPING)
words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs"]), min_size=1, max_size=9
)
skus = st.text("ABCXYZ-0123456789", min_size=1, max_size=6)
orders = st.lists(
    st.fixed_dictionaries(
        {"sku": skus, "qty": st.integers(1, 99), "cents": st.integers(1, 99_999)}
    ),
    min_size=1,
    max_size=5,
)
encodings = st.sampled_from(["quoted-printable", "base64", "8bit"])


def in_text(order: str, lines: list[dict[str, Any]], note: str) -> str:
    told = [f"{e['qty']} x {e['sku']} at {e['cents'] / 100:.2f}" for e in lines]
    return "\n".join([f"Order: {order}", f"Note: {note}", *told, f"Lines: {len(lines)}"]) + "\n"


def in_html(order: str, lines: list[dict[str, Any]], note: str) -> str:
    told = "".join(
        f'<tr class="x line" data-price={e["cents"] / 100:.2f}><td class=sku>{e["sku"]}'
        f"<td class=qty><b>{e['qty']}</b>"
        for e in lines
    )
    safe = note.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f"<!-- <p class=order>no --><p class=order>{order}<p class=note>{safe}<table>{told}</table>"
    )


@st.composite
def mails(draw: st.DrawFn) -> tuple[EmailMessage, str, list[dict[str, Any]], str]:
    """A mail in one of its forms, with what it says."""
    order, lines, note = f"A-{draw(st.integers(1, 9))}", draw(orders), draw(words)
    mail = written(None)
    cte = draw(encodings)
    form = draw(st.sampled_from(["text", "html", "both", "wrapped"]))
    if form != "html":
        mail.set_content(in_text(order, lines, note), cte=cte)
    if form == "html":
        mail.set_content(in_html(order, lines, note), subtype="html", cte=cte)
    if form == "both":
        mail.add_alternative(in_html(order, lines, note), subtype="html", cte=cte)
    if form == "wrapped":
        mail.add_attachment(draw(st.binary(max_size=50)), "application", "pdf", filename="x.pdf")
    return mail, order, lines, note


@often
@given(mails(), st.booleans())
def test_what_was_written_comes_back_from_every_form(
    said: tuple[EmailMessage, str, list[dict[str, Any]], str], packed: bool
) -> None:
    mail, order, lines, note = said
    body = mail.as_bytes(policy=SMTP)
    [row] = read_mail(BytesIO(gzip.compress(body) if packed else body), shop_mails()).rows
    assert row.fault is None
    assert (row.fields["order"], row.fields["note"]) == (order, note)
    assert row.fields["lines"] == [
        {"sku": e["sku"], "qty": str(e["qty"]), "price": f"{e['cents'] / 100:.2f}"} for e in lines
    ]


def seeds() -> list[bytes]:
    outer = written("See below", From="me@home.example")
    outer.add_attachment(written())
    attached = written(TEXT, HTML)
    attached.add_attachment(b"a;b\n", "text", "csv", filename="x.csv")
    return [each.as_bytes() for each in (written(), written(TEXT, HTML), outer, attached)]


SEEDS = seeds()
damages = st.one_of(
    st.tuples(st.just("cut"), st.integers(0, 2000), st.just(b"")),
    st.tuples(st.just("put"), st.integers(0, 2000), st.binary(max_size=20)),
    st.tuples(
        st.just("put"),
        st.integers(0, 2000),
        st.sampled_from([b"\r\n", b"--", b"=?utf-8?b?", b"<td", b"Content-Type: ", b'"', b"\0"]),
    ),
    st.tuples(st.just("drop"), st.integers(0, 2000), st.integers(1, 50).map(bytes)),
)


def damaged(body: bytes, how: list[tuple[str, int, bytes]]) -> bytes:
    for what, place, data in how:
        at = place % (len(body) + 1)
        tail = {"cut": b"", "put": data + body[at:], "drop": body[at + len(data) :]}[what]
        body = body[:at] + tail
    return body


def one_fate(body: bytes, source: SourceMapping) -> None:
    """Law 1: a record is accepted, refused with a reason and its bytes, or ignored with one."""
    parts = list(clean_parts(BytesIO(body), source))
    [part] = parts
    assert part.counts.balanced
    assert part.counts.records >= 1
    assert part.counts.quarantined == len(part.rejected)
    assert part.mail
    assert bool(part.mail.ignored) == (part.counts.ignored == 1)
    for rejection in part.rejected.values():
        assert rejection.message


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SEEDS), st.lists(damages, min_size=1, max_size=4))
def test_a_damaged_mail_has_one_fate(body: bytes, how: list[tuple[str, int, bytes]]) -> None:
    one_fate(damaged(body, how), SHOP)


@often
@given(st.sampled_from(SEEDS), st.lists(damages, max_size=6))
def test_no_mail_breaks_its_reader(body: bytes, how: list[tuple[str, int, bytes]]) -> None:
    found = read_mail(BytesIO(damaged(body, how)), shop_mails())
    assert bool(found.rows) != bool(found.ignored)


@often
@given(st.binary(max_size=300))
@example(b"From: a@shop.example\nSubject: Order\nContent-Type: multipart/x; boundary=\xff\n\n")
@example(b"From: a@shop.example\nSubject: Order\nContent-Type: text/plain; charset*=x'y'%ff\n\n")
@example(b"From: a@shop.example\nSubject: Order =?\xc3\xa9?q?x?=\n\nx")
def test_bytes_of_any_kind_are_one_fate(body: bytes) -> None:
    found = read_mail(BytesIO(body), shop_mails())
    assert bool(found.rows) != bool(found.ignored)


@often
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<tr>",
                "<td class=x>",
                "</table>",
                "<table>",
                "<b",
                " a='",
                '"',
                ">",
                "x",
                "<!--",
                "-->",
                "&lt",
                "</",
            ]
        ),
        max_size=30,
    )
)
def test_html_of_any_kind_keeps_all_text_that_is_seen(pieces: list[str]) -> None:
    document = parse("".join(pieces))
    assert document.text(document.root).count("x") <= "".join(pieces).count("x")
    for each in Selector("td.x, p > b, tr td + td, * ~ p").all(document, document.root):
        assert each.tag in {"td", "b", "p"}


@seldom
@given(st.data())
def test_mails_in_any_order_and_number_are_the_same_rows(data: st.DataObject) -> None:
    """Laws 2 and 3, as far as they are Clean's: rows and versions follow from a mail alone."""
    said = data.draw(st.lists(mails(), min_size=1, max_size=3))
    bodies = [mail.as_bytes() for mail, *_ in said]
    shuffled = data.draw(st.permutations([*bodies, *bodies[:1]]))

    def rows_of(body: bytes) -> list[tuple[str, int, bytes]]:
        return [
            (each.entity, each.rows, each.path.read_bytes())
            for part in clean_parts(BytesIO(body), SHOP)
            for each in part.accepted
        ]

    first = {body: rows_of(body) for body in bodies}
    assert all(rows_of(body) == first[body] for body in shuffled)
