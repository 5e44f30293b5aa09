"""Entities as items of the operational table, and back. The keys' shapes are written here only."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from lambdas.api.entities import (
    Cart,
    CartLine,
    Category,
    Claim,
    Customer,
    Item,
    Order,
    OrderLine,
    Ref,
    Vendor,
    money,
)
from lambdas.api.listing import Position, name_key
from lambdas.contracts import GENERAL_CATEGORY_ID
from lambdas.contracts.operational import BY_CUSTOMER, BY_VENDOR, NAME_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from lambdas.api.entities import Profile
    from lambdas.api.listing import Listed, Listing

Image = dict[str, Any]
"""An item in DynamoDB's typed JSON: {"price": {"N": "19.99"}}."""

SORT_KEYS = {"customer": "CUSTOMER", "vendor": "VENDOR", "item": "ITEM", "category": "CATEGORY"}
ERASED = "erased"
"""Set once a person is erased; such an item is as good as not there, and never comes back."""
LONGEST_NAME = 1024
"""Bytes; a partition key holds 2048."""

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def typed(values: Mapping[str, Any]) -> Image:
    return {name: _serialize(value) for name, value in values.items()}


def key(partition: str, sort: str) -> Image:
    return typed({"PK": partition, "SK": sort})


def entity_key(ref: Ref) -> Image:
    sort = SORT_KEYS[ref.entity]
    return key(f"{sort}#{ref.id}", sort)


def cart_key(customer_id: int) -> Image:
    return key(f"USER#{customer_id}", "CART")


def order_key(transaction_id: str, customer_id: int | str, sold_at: str) -> Image:
    return key(transaction_id, f"USER{customer_id}#{sold_at}")


def row_key(listing: Listing, position: Position) -> Image:
    """The keys that an index has at a position of a list."""
    index = listing.index
    if listing.index is BY_CUSTOMER:
        row = order_key(position.id, listing.partition, position.sort)
    else:
        row = entity_key(Ref(listing.entity, position.id))
    return row | typed({index.partition: listing.partition, index.sort: position.sort})


def position_of(listing: Listing, row: Image) -> Position:
    """Where an index's row stands in a list."""
    return Position(row[listing.index.sort]["S"], row["PK"]["S"].rpartition("#")[2])


def counter_key(counter: str) -> Image:
    return key(f"COUNTER#{counter.upper()}", "COUNTER")


def email_key(email: str) -> Image:
    return key(f"UNIQUE#EMAIL#{_folded(email)}", "UNIQUE")


def login_key(role: str, login: str) -> Image:
    """Of the link from a login to the customer or vendor that it registered."""
    return key(f"UNIQUE#LOGIN#{role.upper()}#{login}", "UNIQUE")


def category_name_key(name: str) -> Image:
    return key(f"UNIQUE#CATEGORY#{_folded(name)}", "UNIQUE")


def sku_key(vendor_id: int, sku: str) -> Image:
    return key(f"UNIQUE#SKU#{vendor_id}#{sku}", "UNIQUE")


def import_key(vendor_id: int, name: str) -> Image:
    """A vendor's imports by name, which sorts them by time."""
    return key(f"IMPORT#{vendor_id}", name)


def claim_key(scope: str, idempotency_key: str) -> Image:
    return key(f"IDEMPOTENCY#{scope}#{idempotency_key}", "IDEMPOTENCY")


def _folded(name: str) -> str:
    """Equal for names that differ in case only; folding can triple a name's bytes."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    data = folded.encode()
    return folded if len(data) <= LONGEST_NAME else hashlib.sha256(data).hexdigest()


def image_of(ref: Ref, entity: Profile | Category) -> Image:
    """Untracked stock and an unset deleted flag are no attributes at all."""
    fields = {
        name: value
        for name, value in asdict(entity).items()
        if value is not None and value is not False
    }
    return entity_key(ref) | typed({"entity": ref.entity, **fields, **_for_indexes(entity)})


def _for_indexes(entity: Profile | Category) -> dict[str, Any]:
    if isinstance(entity, Category):
        return {}
    keys: dict[str, Any] = {} if entity.deleted else {NAME_KEY: name_key(entity)}
    if isinstance(entity, Item):
        keys[BY_VENDOR.partition] = entity.vendor_id
    return keys


def cart_image(cart: Cart) -> Image:
    return cart_key(cart.customer_id) | typed({"entity": "cart", **_with_lines(cart)})


def order_image(order: Order) -> Image:
    fields = {"entity": "transaction", "total_price": order.total_price, **_with_lines(order)}
    return order_key(order.transaction_id, order.customer_id, order.sold_at) | typed(fields)


def claim_image(claim: Claim) -> Image:
    fields = {
        "entity": "idempotency",
        "fingerprint": claim.fingerprint,
        "answer": json.dumps(claim.answer),
        "expires_at": claim.expires_at,
    }
    return claim_key(claim.scope, claim.key) | typed(fields)


def unique_image(unique_key: Image, owner_id: int) -> Image:
    return unique_key | typed({"entity": "unique", "owner_id": owner_id})


def is_erased(image: Image) -> bool:
    return bool(image.get(ERASED, {}).get("BOOL"))


def _with_lines(record: Cart | Order) -> dict[str, Any]:
    fields = asdict(record)
    return {**fields, "lines": list(fields["lines"])}


def plain(image: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in image.items()}


def customer_from(image: Image) -> Customer:
    row = plain(image)
    return Customer(
        customer_id=int(row["customer_id"]),
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=row["email"],
        joined_at=row["joined_at"],
        rev=int(row["rev"]),
        deleted=row.get("deleted", False),
    )


def vendor_from(image: Image) -> Vendor:
    row = plain(image)
    return Vendor(
        vendor_id=int(row["vendor_id"]),
        vendor_name=row["vendor_name"],
        region=row["region"],
        joined_at=row["joined_at"],
        rev=int(row["rev"]),
        deleted=row.get("deleted", False),
    )


def category_from(image: Image) -> Category:
    row = plain(image)
    return Category(
        category_id=int(row["category_id"]),
        category_name=row["category_name"],
        rev=int(row["rev"]),
        deleted=row.get("deleted", False),
    )


def item_from(image: Image) -> Item:
    """An item without a category is General."""
    row = plain(image)
    return Item(
        item_id=int(row["item_id"]),
        vendor_id=int(row["vendor_id"]),
        item_name=row["item_name"],
        category=int(row.get("category", GENERAL_CATEGORY_ID)),
        price=money(row["price"]),
        updated_at=row["updated_at"],
        stock=int(row["stock"]) if "stock" in row else None,
        sku=row.get("sku"),
        moves=int(row.get("moves", 0)),
        rev=int(row["rev"]),
        deleted=row.get("deleted", False),
    )


def cart_from(image: Image) -> Cart:
    row = plain(image)
    return Cart(
        customer_id=int(row["customer_id"]),
        rev=int(row["rev"]),
        lines=tuple(CartLine(**_line(line)) for line in row["lines"]),
        lines_ever=int(row["lines_ever"]),
        updated_at=row["updated_at"],
    )


def order_from(image: Image) -> Order:
    row = plain(image)
    return Order(
        transaction_id=row["transaction_id"],
        customer_id=int(row["customer_id"]),
        sold_at=row["sold_at"],
        lines=tuple(OrderLine(**_line(line)) for line in row["lines"]),
        rev=int(row["rev"]),
    )


def claim_from(scope: str, idempotency_key: str, image: Image) -> Claim:
    row = plain(image)
    return Claim(
        scope=scope,
        key=idempotency_key,
        fingerprint=row["fingerprint"],
        answer=json.loads(row["answer"]),
        expires_at=int(row["expires_at"]),
    )


PROFILES: dict[str, Callable[[Image], Profile]] = {
    "customer": customer_from,
    "vendor": vendor_from,
    "item": item_from,
}


def profile_from(image: Image) -> Profile:
    return PROFILES[image["entity"]["S"]](image)


def listed_from(image: Image) -> Listed:
    is_order = image["entity"]["S"] == "transaction"
    return order_from(image) if is_order else profile_from(image)


def _line(row: Mapping[str, Decimal]) -> dict[str, Any]:
    amounts = ("unit_price", "total_price")
    return {name: money(value) if name in amounts else int(value) for name, value in row.items()}
