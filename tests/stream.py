"""DynamoDB stream records as capture writes them, for the tests of the transforms."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from typing import Any

Attribute = dict[str, Any]
SOLD_AT = "2026-03-17T10:00:00.123456Z"


def number(value: object) -> Attribute:
    return {"N": str(value)}


def text(value: str) -> Attribute:
    return {"S": value}


def record(image: Attribute | None, event: str = "INSERT") -> dict[str, Any]:
    """One stream record; without an image it is a removal's."""
    change: dict[str, Any] = {"SequenceNumber": "1", "ApproximateCreationDateTime": 1773741600.0}
    if image is not None:
        change |= {"Keys": {"PK": image.get("PK"), "SK": image.get("SK")}, "NewImage": image}
    return {"eventID": "e1", "eventName": event, "dynamodb": change}


def item_image(entity: str, pk: str, sk: str, rev: int, /, **attributes: Attribute) -> Attribute:
    technical = {"PK": text(pk), "SK": text(sk), "entity": text(entity), "rev": number(rev)}
    return technical | attributes


def changed(record: dict[str, Any], **attributes: Attribute | None) -> dict[str, Any]:
    """The record with attributes of its image replaced, or left out if None."""
    image = record["dynamodb"]["NewImage"] | attributes
    present = {name: value for name, value in image.items() if value is not None}
    return record | {"dynamodb": {"NewImage": present}}


def customer(customer_id: int = 1, rev: int = 1, **changes: Attribute) -> dict[str, Any]:
    """`changes` replace attributes of the image."""
    attributes = {
        "customer_id": number(customer_id),
        "first_name": text(f"Ada{rev}"),
        "last_name": text("Lovelace"),
        "email": text(f"ada{customer_id}@example.org"),
        "joined_at": text(SOLD_AT),
    }
    key = (f"CUSTOMER#{customer_id}", "CUSTOMER")
    return record(item_image("customer", *key, rev, **(attributes | changes)))


def item(item_id: int = 1, rev: int = 1, **changes: Attribute) -> dict[str, Any]:
    """Its category and vendor change with `rev`."""
    attributes = {
        "item_id": number(item_id),
        "vendor_id": number(item_id + 10),
        "item_name": text("Lamp"),
        "category": number(rev),
        "price": number("9.90"),
        "updated_at": text(SOLD_AT),
    }
    return record(item_image("item", f"ITEM#{item_id}", "ITEM", rev, **(attributes | changes)))


def line(line_no: int, qty: int = 2, price: str = "10.50", **changes: Attribute) -> Attribute:
    members = {
        "line_no": number(line_no),
        "item_id": number(7),
        "vendor_id": number(3),
        "qty": number(qty),
        "unit_price": number(price),
        "total_price": number(qty * Decimal(price)),
    }
    return {"M": members | changes}


def cart(
    customer_id: int = 1, rev: int = 1, lines: int = 2, ever: int = 2, **changes: Attribute
) -> dict[str, Any]:
    attributes = {
        "customer_id": number(customer_id),
        "updated_at": text(SOLD_AT),
        "lines": {"L": [line(position + 1, qty=rev) for position in range(lines)]},
        "lines_ever": number(ever),
    }
    key = (f"USER#{customer_id}", "CART")
    return record(item_image("cart", *key, rev, **(attributes | changes)))


def transaction(
    transaction_id: str = "t1", lines: int = 2, sold_at: str = SOLD_AT, **changes: Attribute
) -> dict[str, Any]:
    attributes = {
        "transaction_id": text(transaction_id),
        "customer_id": number(5),
        "sold_at": text(sold_at),
        "total_price": number("42"),
        "lines": {"L": [line(position + 1, category_id=number(2)) for position in range(lines)]},
    }
    key = (transaction_id, f"USER5#{sold_at}")
    return record(item_image("transaction", *key, 1, **(attributes | changes)))


def line_of(record: dict[str, Any]) -> bytes:
    return json.dumps(record).encode()


def raw_object(*lines: dict[str, Any] | bytes) -> bytes:
    """Gzip NDJSON of records, and of whatever else a line may be."""
    written = [each if isinstance(each, bytes) else line_of(each) for each in lines]
    return gzip.compress(b"".join(each + b"\n" for each in written), mtime=0)
