"""A vendor's items with their SKUs, as DynamoDB operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.api.changing import KEYS, profile_update, unmoved
from lambdas.api.images import image_of, sku_key, typed, unique_image
from lambdas.api.transaction import ABSENT

if TYPE_CHECKING:
    from lambdas.api.entities import Item

SKU = 1
"""The place among a new item's puts of the claim on its SKU, if it has one."""


def item_puts(table: str, item: Item) -> list[dict[str, Any]]:
    """A new item, and its claim on its SKU."""
    created = [image_of(item.ref, item)]
    if item.sku is not None:
        created.append(unique_image(sku_key(item.vendor_id, item.sku), item.item_id))
    return [{"TableName": table, "Item": image, "ConditionExpression": ABSENT} for image in created]


def item_update(table: str, before: Item, after: Item) -> dict[str, Any]:
    """An item's next state. If that moves the stock, nothing else must have moved it meanwhile."""
    if after.moves == before.moves:
        return profile_update(table, before, after)
    update = profile_update(table, before, after, apart=KEYS)
    return update | {
        "ConditionExpression": f"{update['ConditionExpression']} AND {unmoved(before)}",
        "ExpressionAttributeValues": update["ExpressionAttributeValues"]
        | typed({":moved": before.moves}),
    }
