"""Entities as the API shows them: ids as integers, money as decimal strings."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lambdas.api.entities import Cart, Customer, Item, Order, Vendor

Document = dict[str, Any]


def customer(entity: Customer) -> Document:
    return {
        "id": entity.customer_id,
        "first_name": entity.first_name,
        "last_name": entity.last_name,
        "email": entity.email,
        "joined_at": entity.joined_at,
    }


def vendor(entity: Vendor) -> Document:
    return {
        "id": entity.vendor_id,
        "vendor_name": entity.vendor_name,
        "region": entity.region,
        "joined_at": entity.joined_at,
    }


def item(entity: Item) -> Document:
    """`stock` is null if it is not tracked."""
    return {
        "id": entity.item_id,
        "vendor_id": entity.vendor_id,
        "item_name": entity.item_name,
        "category": entity.category,
        "price": str(entity.price),
        "stock": entity.stock,
        "updated_at": entity.updated_at,
    }


def cart(entity: Cart) -> Document:
    lines = [
        {
            "item_id": line.item_id,
            "vendor_id": line.vendor_id,
            "qty": line.qty,
            "unit_price": str(line.unit_price),
            "total_price": str(line.total_price),
        }
        for line in entity.lines
    ]
    return {"user_id": entity.customer_id, "cart": lines}


def order(entity: Order) -> Document:
    lines = [
        {
            **asdict(line),
            "unit_price": str(line.unit_price),
            "total_price": str(line.total_price),
        }
        for line in entity.lines
    ]
    return {
        "transaction_id": entity.transaction_id,
        "user_id": entity.customer_id,
        "sold_at": entity.sold_at,
        "total_price": str(entity.total_price),
        "lines": lines,
    }
