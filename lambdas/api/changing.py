"""Changes of single entities, as DynamoDB operations. Nothing is ever deleted but by TTL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lambdas.api.entities import Customer
from lambdas.api.images import email_key, entity_key, image_of, typed, unique_image
from lambdas.api.transaction import ABSENT, cart_put
from lambdas.contracts.operational import NAME_KEY

if TYPE_CHECKING:
    from lambdas.api.entities import Change, Item, Profile
    from lambdas.api.transaction import Operation

ADDRESS = 1
"""The place among the operations of the claim on an e-mail address, if there is a new one."""
FREE = f"{ABSENT} OR attribute_exists(expires_at)"
"""Released addresses wait for TTL, days perhaps; whoever wants one meanwhile may have it."""

THERE = "attribute_exists(PK) AND attribute_not_exists(deleted)"

KEYS = ("PK", "SK")
NOT_OF_THE_PROFILE = (*KEYS, "stock", "moves")
SOMETIMES = ("deleted", NAME_KEY)


def operations(table: str, change: Change) -> list[Operation]:
    """The profile; then the new address and the old one, or the cart, as far as they change."""
    before, newcomer = change.before, with_new_address(change)
    steps: list[Operation] = [{"Update": profile_update(table, before, change.after)}]
    if isinstance(before, Customer) and newcomer:
        steps.append({"Put": address_put(table, newcomer)})
        steps.append({"Update": _address_release(table, before, change.now)})
    if change.emptied:
        steps.append({"Put": cart_put(table, change.emptied)})
    return steps


def with_new_address(change: Change) -> Customer | None:
    """The customer who comes to another e-mail address. Another case of letters is the same."""
    before, after = change.before, change.after
    if not (isinstance(before, Customer) and isinstance(after, Customer)):
        return None
    return after if email_key(before.email) != email_key(after.email) else None


def address_put(table: str, customer: Customer) -> dict[str, Any]:
    """Claims the customer's e-mail address."""
    return {
        "TableName": table,
        "Item": unique_image(email_key(customer.email), customer.customer_id),
        "ConditionExpression": FREE,
    }


def _address_release(table: str, customer: Customer, now: int) -> dict[str, Any]:
    return {
        "TableName": table,
        "Key": email_key(customer.email),
        "UpdateExpression": "SET expires_at = :now",
        "ConditionExpression": "owner_id = :owner",
        "ExpressionAttributeValues": typed({":now": now, ":owner": customer.customer_id}),
    }


def profile_update(
    table: str, before: Profile, after: Profile, apart: tuple[str, ...] = NOT_OF_THE_PROFILE
) -> dict[str, Any]:
    """All of the profile, changed or not: so an entity from before the indexes gets its keys.

    What is `apart` stays as it is: stock, which buyers change meanwhile.
    """
    image = image_of(after.ref, after)
    profile = {name: value for name, value in image.items() if name not in apart}
    gone = [name for name in SOMETIMES if name not in profile]
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in profile)
    if gone:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in gone)
    return {
        "TableName": table,
        "Key": entity_key(after.ref),
        "UpdateExpression": expression,
        "ConditionExpression": "#rev = :before",
        "ExpressionAttributeNames": {f"#{name}": name for name in [*profile, *gone]},
        "ExpressionAttributeValues": {
            **{f":{name}": value for name, value in profile.items()},
            **typed({":before": before.rev}),
        },
    }


def unmoved(item: Item) -> str:
    """A condition on `:moved`, how often the item's stock was when it was read."""
    return "moves = :moved" if item.moves else "(attribute_not_exists(moves) OR moves = :moved)"


def stock_update(table: str, before: Item, stock: int | None) -> dict[str, Any]:
    """Sets an item's stock if nothing has moved it since, and the item is not deleted."""
    values: dict[str, Any] = {":moved": before.moves, ":one": 1}
    if stock is None:
        expression = "REMOVE stock ADD moves :one"
    else:
        expression = "SET stock = :stock ADD moves :one"
        values[":stock"] = stock
    return {
        "TableName": table,
        "Key": entity_key(before.ref),
        "UpdateExpression": expression,
        "ConditionExpression": f"{THERE} AND {unmoved(before)}",
        "ExpressionAttributeValues": typed(values),
    }
