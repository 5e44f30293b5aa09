"""Order confirmations of this marketplace, a mail each, and a mail that is none."""

from __future__ import annotations

import uuid
from datetime import UTC
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from local.generate.shops import Row

SOURCE = "mercado-mail"
MISSING = "missing_in_mail"
"""The reason of a confirmation that does not say whose it is."""

SENDER = Address("Samn's Mercado", "orders", "samnsmercado.example")
ORDERS = uuid.UUID("6f1b2f0e-3a56-4c57-9b0b-5d0c6d1c7a10")


def confirmation(row: Row, *, spoiled: bool) -> bytes:
    """Of an order of `orders_of_day`, under this marketplace's own ids, which begin at 1."""
    order = uuid.uuid5(ORDERS, str(row["order_no"]))
    lines = row["lines"]
    total = sum((each["unit_price"] * each["qty"] for each in lines), Decimal(0))
    text = [
        f"Hello {row['first_name']},",
        "",
        f"Order:     {order}",
        f"Placed:    {row['sold_at']:%d %b %Y %H:%M} UTC",
        *([] if spoiled else [f"Customer:  {row['customer'] + 1}"]),
        f"Lines:     {len(lines)}",
        "",
    ]
    for each in lines:
        item, vendor = each["item"] + 1, each["vendor"] + 1
        price, qty = each["unit_price"], each["qty"]
        text += [
            f"  {each['line_no']}. {each['title']} (item {item}, sold by {vendor})",
            f"       {qty} x ${price:,} = ${price * qty:,}",
        ]
    text += ["", f"Total:     ${total:,}", ""]
    when = format_datetime(row["sold_at"].replace(tzinfo=UTC))
    return _mail(f"Your order {str(order)[:8]}", when, str(order), text)


def newsletter(day: date) -> bytes:
    when = f"{day:%a, %d %b %Y} 06:00:00 +0000"
    return _mail("New this week", when, f"news-{day}", ["Hello,", "", "there are new pans.", ""])


def _mail(subject: str, when: str, name: str, text: list[str]) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = SENDER, "orders@in.example.org", subject
    mail["Date"], mail["Message-ID"] = when, f"<{name}@samnsmercado.example>"
    mail.set_content("\n".join(text), charset="utf-8", cte="quoted-printable")
    return mail.as_bytes()
