"""Mails as senders write them: whatever its form, an order is the same record."""

from __future__ import annotations

import base64
import gzip
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.mailing import HEAD, HTML, LINES, TEXT, read, record, refused, written


def test_a_mail_of_plain_text_is_a_record_of_its_headers_fields_and_lines() -> None:
    assert record(written(To="in@lake.example")) == {
        "mail": {
            "message_id": "1@shop.example",
            "from": "orders@shop.example",
            "from_name": "Shop",
            "to": "in@lake.example",
            "subject": "Order A-1",
            "date": "2026-03-17T09:00:00Z",
            "template": "plain",
        },
        "order": "A-1",
        "note": None,
        "lines": LINES,
    }


@pytest.mark.parametrize("mail", [written(None, HTML), written(TEXT, HTML)])
def test_html_alone_or_beside_text_is_read_by_the_first_template(mail: EmailMessage) -> None:
    found = record(mail)
    assert (found["mail"]["template"], found["order"], found["lines"]) == ("page", "A-1", LINES)


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("+0100", 9),
        ("+01:00 (CET)", 9),
        ("GMT+1", 9),
        ("UTC-02:30", 12),
        ("CET", 9),
        ("cest", 8),
        ("EST", 15),
        ("GMT", 10),
        ("XYZ", 10),
        ("", 10),
    ],
)
def test_the_date_is_in_the_zone_that_its_sender_means(zone: str, hour: int) -> None:
    mail = HEAD.replace(b"+0100", zone.encode()) + b"\r\n" + TEXT.encode()
    found = record(mail)["mail"]["date"]
    assert found == f"2026-03-17T{hour:02d}:{'30' if ':30' in zone else '00'}:00Z"


def test_headers_are_decoded_by_the_charsets_of_their_words() -> None:
    mail = HEAD.replace(
        b"Subject: Order A-1",
        b"Subject: Order =?utf-8?b?R3LDvMM=?=\r\n =?utf-8?b?n2U=?= =?iso-8859-1*de?q?f=FCr_Zo=EB?=",
    )
    assert record(mail + b"\r\n" + TEXT.encode())["mail"]["subject"] == "Order Grüßefür Zoë"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("undisclosed-recipients:;", None),
        ("<>", None),
        ("Max <M@x.example>; Erika <e@y.example>", "m@x.example, e@y.example"),
        ("Müller, Max <max@x.example>", "max@x.example"),
        ('"a@b.example" <max@x.example>', "max@x.example"),
        ("=?utf-8?q?a@b.example?= <max@x.example>", "max@x.example"),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_mail_is_read_whomever_it_is_to(line: str, told: str | None, charset: str) -> None:
    mail = HEAD + b"To: " + line.encode(charset) + b"\r\n\r\n" + TEXT.encode()
    assert record(mail)["mail"]["to"] == told


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        (b"orders@shop.example <orders@shop.example>", None),
        (b"orders@shop.example, Shop <Orders@shop.example>", "Shop"),
    ],
)
def test_a_sender_who_is_named_twice_is_one(sender: bytes, name: str | None) -> None:
    found = record(HEAD.replace(b"Shop <orders@shop.example>", sender) + b"\r\n" + TEXT.encode())
    assert (found["mail"]["from"], found["mail"]["from_name"]) == ("orders@shop.example", name)


@pytest.mark.parametrize("other", [b"boss@shop.example <orders@shop.example>,", b"a@b.example,"])
def test_two_senders_are_refused(other: bytes) -> None:
    mail = HEAD.replace(b"From: ", b"From: " + other) + b"\r\n" + TEXT.encode()
    assert refused(mail)[0] == "bad_mail_header"


def test_a_header_cannot_bring_another_one_in() -> None:
    subject = b"Subject: Order =?utf-8?q?A=0D=0AFrom:_boss@shop.example?="
    mail = HEAD.replace(b"Subject: Order A-1", subject) + b"\r\n" + TEXT.encode()
    found = record(mail)["mail"]
    assert found["from"] == "orders@shop.example"
    assert found["subject"] == "Order A From: boss@shop.example"


def forwarded(inner: EmailMessage, **headers: str) -> EmailMessage:
    outer = written("See below.\n", **{"Subject": "Fwd: Order A-1", **headers})
    outer.add_attachment(inner)
    return outer


def test_a_template_may_be_for_mails_that_are_attached_to_others() -> None:
    outer = forwarded(written(), From="me@home.example", Message_ID="<2@home.example>")
    found = record(outer)
    assert found["mail"]["template"] == "passed on"
    assert found["mail"]["message_id"] == "1@shop.example"
    assert found["lines"] == LINES


def test_each_attached_order_is_a_record_of_its_own() -> None:
    outer = forwarded(written(), From="me@home.example")
    outer.add_attachment(written(TEXT.replace("A-1", "A-2")))
    assert [row.fields["order"] for row in read(outer).rows] == ["A-1", "A-2"]


def test_text_of_an_attached_mail_is_none_of_the_outer_ones() -> None:
    outer = forwarded(written(TEXT.replace("A-1", "A-2")), Subject="Order")
    outer.set_payload([outer.get_payload()[0], outer.get_payload()[1]])  # type: ignore[index]
    code, message = refused(outer)
    assert (code, message) == (
        "missing_in_mail",
        "the mail is one for the template plain, which finds no order in it",
    )


def test_a_mail_that_no_template_is_for_is_ignored_and_says_so() -> None:
    found = read(written(Subject="Our new catalogue"))
    assert (found.rows, found.ignored) == ([], "no template is for the mail")


def test_a_mail_without_the_part_that_a_template_reads_is_none_for_it() -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"] = "orders@shop.example", "Order A-1"
    mail.set_content(b"...", "application", "pdf")
    assert read(mail).ignored


def test_what_is_missing_is_named_with_its_template() -> None:
    code, message = refused(written(None, HTML.replace("class=qty>1", ">1")))
    assert code == "missing_in_mail"
    assert "page" in message
    assert "lines[2].qty" in message


def test_fewer_lines_than_the_mail_says_are_refused() -> None:
    text = TEXT.replace("1 x CUP at", "1 x CUP @") + "Lines: 2\n"
    assert refused(written(text)) == (
        "missing_in_mail",
        "the mail is one for the template plain, which finds no 2 lines in it: it finds 1",
    )


@pytest.mark.parametrize("packed", [False, True])
def test_an_attachment_that_is_data_is_taken_as_it_was_sent(*, packed: bool) -> None:
    mail = written()
    data = "Größe;1\r\n".encode("latin-1")
    mail.add_attachment(data, "text", "csv", filename="Größen.CSV")
    mail.add_attachment(b"%PDF", "application", "pdf", filename="terms.pdf")
    body = gzip.compress(mail.as_bytes()) if packed else mail.as_bytes()
    found = read(body)
    [taken] = found.taken
    assert (taken.into, taken.file.name, taken.file.content) == ("files", "Größen.CSV", data)
    assert found.left == 1
    assert found.rows[0].fields["lines"] == LINES


def test_a_forwarded_mails_attachments_are_taken_by_its_own_sender() -> None:
    inner = written()
    inner.add_attachment(b"1;2", "text", "csv", filename="x.csv")
    inner.add_attachment(b"%PDF", "application", "pdf", filename="terms.pdf")
    found = read(forwarded(inner, From="me@home.example"))
    assert [each.file.content for each in found.taken] == [b"1;2"]
    assert found.left == 1


def test_a_mail_of_nobody_within_an_order_is_none_of_its_faults() -> None:
    inner = EmailMessage(policy=SMTP)
    inner["Subject"] = "Undelivered"
    inner.set_content("Hi")
    inner.add_attachment(b"1;2", "text", "csv", filename="x.csv")
    outer = written()
    outer.add_attachment(inner)
    assert record(outer)["lines"] == LINES
    assert (read(outer).taken, read(outer).left) == ([], 1)


@pytest.mark.parametrize("disposition", ["inline", None])
def test_a_text_with_a_files_name_is_attached(disposition: str | None) -> None:
    mail = written()
    mail.add_attachment(TEXT.encode(), "text", "plain", filename="copy.csv")
    part = mail.get_payload(1)
    assert isinstance(part, EmailMessage)
    del part["Content-Disposition"]
    if disposition:
        part["Content-Disposition"] = 'inline; filename="copy.csv"'
    else:
        part.replace_header("Content-Type", 'text/plain; name="copy.csv"')
    assert record(mail)["lines"] == LINES
    assert [each.file.content for each in read(mail).taken] == [TEXT.encode()]


def test_the_only_text_of_a_mail_is_its_text_whatever_its_name() -> None:
    body = HEAD + b'Content-Type: text/plain; name="order.txt"\r\n\r\n' + TEXT.encode()
    assert record(body)["lines"] == LINES


@pytest.mark.parametrize("before", ["İ" * 50, "<STYLE>i{}</Style>" + "İ" * 50])
def test_letters_that_have_longer_small_ones_hide_no_lines(before: str) -> None:
    html = f"<p>{before}</p><style>x</style>{HTML}<style>y</style>"
    assert record(written(None, html))["lines"] == LINES


def test_nobody_elses_attachments_are_taken() -> None:
    mail = written(From="me@evil.example")
    mail.add_attachment(b"1;2", "text", "csv", filename="x.csv")
    found = read(mail)
    assert (found.taken, found.left) == ([], 1)


def test_an_attachment_that_was_damaged_is_not_lost_without_a_word() -> None:
    data = base64.b64encode(b"sku;qty").replace(b"=", b"")[:-1]
    mail = (
        HEAD + b"Content-Type: text/csv; name=x.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ) + data
    assert refused(mail)[0] == "no_mail"


@pytest.mark.parametrize("encoding", ["base64", "base64;", "BASE64 (as ever)"])
def test_an_encoding_may_be_named_carelessly_and_its_padding_left_out(encoding: str) -> None:
    body = base64.b64encode(TEXT.encode() + b"  ")
    assert body.endswith(b"=")
    head = HEAD + b"Content-Transfer-Encoding: " + encoding.encode()
    assert record(head + b"\r\n\r\n" + body.rstrip(b"="))["lines"] == LINES


MBOX = b"From orders@shop.example Tue Mar 17 09:00:00 2026\n"


@pytest.mark.parametrize("before", [MBOX, b">" + MBOX, b"\xef\xbb\xbf", b"\r\n \r\n", b"\n" + MBOX])
def test_what_mailboxes_and_editors_set_before_a_mail_is_none_of_it(before: bytes) -> None:
    assert record(before + written().as_bytes())["lines"] == LINES


def test_a_mailbox_of_several_mails_is_no_order_of_both() -> None:
    body = MBOX + written().as_bytes() + b"\n"
    code, message = refused(body + body)
    assert (code, message.rpartition(": it is ")[2]) == (
        "no_mail",
        "a mailbox of several mails: put each by itself",
    )


@pytest.mark.parametrize("before", [b"", b"\r\n"])
@pytest.mark.parametrize("encoding", ["base64", "7bit"])
def test_an_attached_mail_may_be_encoded_against_all_rules(before: bytes, encoding: str) -> None:
    inner = before + written().as_bytes()
    outer = (
        b"From: me@home.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
        b"see\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: %b\r\n\r\n%b"
        b"\r\n--b--\r\n"
    )
    packed = base64.encodebytes(inner) if encoding == "base64" else inner
    assert record(outer % (encoding.encode(), packed))["lines"] == LINES


@pytest.mark.parametrize(
    "kind", ["application/pkcs7-mime", "application/ms-tnef", "application/pgp-encrypted"]
)
def test_an_order_whose_text_only_its_receiver_can_read_is_refused(kind: str) -> None:
    mail = HEAD + f"Content-Type: {kind}; name=x\r\n\r\nMIIB".encode()
    code, message = refused(mail)
    assert (code, kind in message) == ("no_mail", True)
    assert read(mail.replace(b"Subject: Order", b"Subject: News")).ignored


def test_a_comment_in_the_date_may_be_in_any_charset() -> None:
    zone = "+0100 (Mitteleuropäische Zeit)".encode("latin-1")
    found = record(HEAD.replace(b"+0100", zone) + b"\r\n" + TEXT.encode())
    assert found["mail"]["date"] == "2026-03-17T09:00:00Z"


def test_a_files_name_that_is_no_text_costs_no_order() -> None:
    mail = written()
    mail.add_attachment(b"id\n1\n", "application", "x", filename="NAME.csv")
    found = read(mail.as_bytes().replace(b"NAME", b"gr\xf6\xdfe"))
    assert [row.fault for row in found.rows] == [None]
    assert [taken.into for taken in found.taken] == ["files"]


@pytest.mark.parametrize("html", [False, True])
def test_two_orders_in_one_mail_are_not_one_with_the_lines_of_both(*, html: bool) -> None:
    said = HTML if html else TEXT

    def mail(again: str) -> EmailMessage:
        return written(None, said + again) if html else written(said + again)

    code, message = refused(mail(said.replace("A-1", "A-2")))
    assert code == "missing_in_mail"
    assert message.endswith("which finds no single order in it")
    assert len(record(mail(said))["lines"]) == 2 * len(LINES)
