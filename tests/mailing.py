"""Mails as tests write them, and what a mapping of two templates makes of them."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lambdas.clean.mail.rows import MailRows, read_mail
from tests.mappings import mapping

if TYPE_CHECKING:
    from lambdas.clean.mapping.mail import MailMapping

MAPPING = """
version: {time: {from: mail.date, dates: iso}}
mail:
  templates:
    - name: page
      when: {from: '@shop\\.example$', subject: '^Order'}
      reads: html
      fields:
        order: {at: .order, once: true}
        note: {at: .note, optional: true}
      lines:
        each: tr.line
        fields: {sku: .sku, qty: .qty, price: {attribute: data-price}}
    - name: plain
      when: {from: '@shop\\.example$', subject: '^Order'}
      reads: text
      fields:
        order: {at: '^Order: (\\S+)$', once: true}
        note: {at: '^Note: (.*)$', optional: true}
      lines:
        each: '^(?P<qty>[0-9]+) x (?P<sku>\\S+) at (?P<price>\\S+)$'
        count: {at: '^Lines: ([0-9]+)$', optional: true}
    - name: passed on
      when: {from: '@shop\\.example$', subject: '^Order'}
      reads: text
      forwarded: true
      fields: {order: '^Order: (\\S+)$', note: {at: '^Note: (.*)$', optional: true}}
      lines: {each: '^(?P<qty>[0-9]+) x (?P<sku>\\S+) at (?P<price>\\S+)$'}
  attachments:
    - when: {from: '@shop\\.example$'}
      names: '\\.csv$'
      into: files
entities:
  transaction_line:
    each: lines
    columns:
      transaction_id: order
      line_no: {sql: parsed.position}
      item_id: lines.sku
      customer_id: {value: them}
      vendor_id: {value: Us}
      category_id: {value: "1", as: own}
      unit_price: lines.price
      qty: lines.qty
      total_price: {sql: parsed.qty * parsed.unit_price}
      sold_at: {from: mail.date, dates: iso}
"""
TEXT = "Order: A-1\n2 x MUG at 12.50\n1 x CUP at 7.20\n"
HTML = (
    '<p class=order>A-1</p><table><tr class=line data-price="12.50">'
    "<td class=sku>MUG<td class=qty>2"
    '<tr class=line data-price="7.20"><td class=sku>CUP<td class=qty>1</table>'
)
LINES = [
    {"qty": "2", "sku": "MUG", "price": "12.50"},
    {"qty": "1", "sku": "CUP", "price": "7.20"},
]
"""What TEXT and HTML say was ordered."""

HEAD = (
    b"From: Shop <orders@shop.example>\r\nSubject: Order A-1\r\nMessage-ID: <1@shop.example>\r\n"
    b"Date: Tue, 17 Mar 2026 10:00:00 +0100\r\n"
)


def written(text: str | None = TEXT, html: str | None = None, **headers: str) -> EmailMessage:
    """A mail of the shop; headers by their names, with _ for -."""
    mail = EmailMessage(policy=SMTP)
    given = {
        "From": "Shop <orders@shop.example>",
        "Subject": "Order A-1",
        "Date": "Tue, 17 Mar 2026 10:00:00 +0100",
        "Message-ID": "<1@shop.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in given.items():
        mail[name] = value
    if text is not None:
        mail.set_content(text)
    if html is not None and text is not None:
        mail.add_alternative(html, subtype="html")
    elif html is not None:
        mail.set_content(html, subtype="html")
    return mail


def shop_mails() -> MailMapping:
    found = mapping(MAPPING).mail
    assert found
    return found


def read(mail: EmailMessage | bytes) -> MailRows:
    body = mail if isinstance(mail, bytes) else mail.as_bytes()
    return read_mail(BytesIO(body), shop_mails())


def record(mail: EmailMessage | bytes) -> dict[str, Any]:
    """Of a mail that is one good record."""
    [row] = read(mail).rows
    assert row.fault is None, row.fault
    return row.fields


def refused(mail: EmailMessage | bytes) -> tuple[str, str]:
    """The code and the sentence for a mail that is one record, refused."""
    [row] = read(mail).rows
    assert row.fault is not None, row.fields
    return row.fault.reason.code, row.fault.message
