"""The one transaction of a checkout, as DynamoDB operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.api.checkout import pieces
from lambdas.api.entities import Ref
from lambdas.api.images import (
    cart_image,
    claim_image,
    entity_key,
    order_image,
    typed,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from lambdas.api.entities import Cart, Claim, Item, Sale

Operation = dict[str, Any]

ABSENT = "attribute_not_exists(PK)"
EXPIRED = "expires_at <= :now"


def operations(table: str, sale: Sale) -> list[Operation]:
    """At most 3 more than the cart has lines: order, cart, key, and one for each item."""
    emptied = sale.cart.replaced_by((), sale.order.sold_at)
    return [
        {
            "Put": {
                "TableName": table,
                "Item": order_image(sale.order),
                "ConditionExpression": ABSENT,
            }
        },
        {"Put": cart_put(table, emptied)},
        *([{"Put": claim_put(table, sale.claim, sale.now)}] if sale.claim else []),
        *(
            _take(table, sale.items[item_id], quantity, price_enforced=sale.price_enforced)
            for item_id, quantity in pieces(sale.cart).items()
        ),
    ]


def cart_put(table: str, cart: Cart) -> dict[str, Any]:
    """Writes a cart over the one of the rev before, or over none if it is the first."""
    put: dict[str, Any] = {"TableName": table, "Item": cart_image(cart)}
    if cart.rev == 1:
        return put | {"ConditionExpression": ABSENT}
    return put | {
        "ConditionExpression": "rev = :before",
        "ExpressionAttributeValues": typed({":before": cart.rev - 1}),
    }


def claim_put(table: str, claim: Claim, now: int) -> dict[str, Any]:
    """Takes the key if it is free. TTL lags by days, so expiry is in the condition."""
    return {
        "TableName": table,
        "Item": claim_image(claim),
        "ConditionExpression": f"{ABSENT} OR {EXPIRED}",
        "ExpressionAttributeValues": typed({":now": now}),
    }


def _take(table: str, item: Item, quantity: int, *, price_enforced: bool) -> Operation:
    """Takes pieces of an item out of stock, if the item is still as it was read.

    Deleting an item, or changing its vendor, category or price, raises its `rev`; taking pieces
    does not, so buyers of one item do not fail each other while there is enough. Stock that was
    not tracked must not have become so.
    """
    conditions: list[str] = ["rev = :rev"]
    values: dict[str, int | Decimal] = {":rev": item.rev}
    if price_enforced:
        conditions.append("price = :price")
        values[":price"] = item.price
    if item.stock is None:
        conditions.append("attribute_not_exists(stock)")
    else:
        conditions.append("stock >= :pieces")
        values[":pieces"] = quantity
    operation = {
        "TableName": table,
        "Key": entity_key(Ref("item", item.item_id)),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeValues": typed(values),
    }
    if item.stock is None:
        return {"ConditionCheck": operation}
    values[":one"] = 1
    update = "SET stock = stock - :pieces ADD moves :one"
    return {
        "Update": operation
        | {"UpdateExpression": update, "ExpressionAttributeValues": typed(values)}
    }
