"""What is behind the shop window: how items are arranged, where they lie, and how they leave."""

from __future__ import annotations

from lambdas.contracts.fields import (
    BY_MONTH,
    INTEGER,
    TEXT,
    TIMESTAMP,
    day,
    identifier,
    member,
    one_of,
    transaction,
)
from lambdas.contracts.model import Column, Contract, Kind

CATEGORY_TREE = Contract(
    entity="category_tree",
    table="category_tree",
    # No dimension: nothing refers to a place in the tree, and one that is given up must not show.
    kind=Kind.FACT,
    key=("category_id",),
    description="Where a category stands in the tree of categories",
    check={"inconsistent": "coalesce(parent_id <> category_id, true)"},
    columns=(
        member("category_id", "category", "The category"),
        member("parent_id", "category", "Category above it; null at the root", required=False),
    ),
)

INVENTORY_LOCATION = Contract(
    entity="inventory_location",
    table="inventory_location",
    kind=Kind.DIMENSION,
    key=("location_id",),
    description="A place where stock lies",
    columns=(
        identifier("location_id", "place"),
        Column("location_name", TEXT, "Name of the place", max_bytes=800),
        one_of(
            "location_type",
            "What it is",
            "warehouse",
            "store",
            "supplier",
            "other",
            required=False,
        ),
        Column("region", TEXT, "Where it is, not as an address", required=False, max_bytes=400),
        member("vendor_id", "vendor", "Vendor whose it is; null: the shop's", required=False),
    ),
)

STOCK_MOVEMENT = Contract(
    entity="stock_movement",
    table="stock_movement",
    kind=Kind.FACT,
    key=("movement_id",),
    description="Pieces of an item that come to a place or leave it; their sum is its stock",
    partition=BY_MONTH,
    happened="moved_at",
    check={
        "inconsistent": "case when movement_type in ('receipt', 'return', 'transfer_in') "
        "then qty > 0 when movement_type = 'adjustment' then qty <> 0 else qty < 0 end"
    },
    columns=(
        identifier("movement_id", "movement"),
        member("item_id", "item", "Item that moves"),
        member("location_id", "inventory_location", "Place that it comes to or leaves"),
        transaction("Purchase that moves it, if one does"),
        day("movement"),
        one_of(
            "movement_type",
            "Why it moves",
            "receipt",
            "return",
            "transfer_in",
            "sale",
            "transfer_out",
            "loss",
            "adjustment",
        ),
        Column("qty", INTEGER, "Pieces that come, or leave if below 0"),
        Column("moved_at", TIMESTAMP, "When it moved (UTC)"),
    ),
)

FULFILMENT = Contract(
    entity="fulfilment",
    table="fulfilment",
    kind=Kind.FACT,
    key=("fulfilment_id",),
    description="A parcel of a transaction as it stands now; a transaction may have several",
    partition=BY_MONTH,
    happened="created_at",
    check={"inconsistent": "coalesce(delivered_at >= shipped_at, true)"},
    columns=(
        identifier("fulfilment_id", "parcel"),
        transaction("Transaction that it is part of", required=True),
        member("vendor_id", "vendor", "Vendor who sends it; null: the shop", required=False),
        member("location_id", "inventory_location", "Place that it is sent from", required=False),
        day("order to send it"),
        one_of(
            "status",
            "How far it is",
            "pending",
            "packed",
            "shipped",
            "delivered",
            "returned",
            "lost",
            "cancelled",
        ),
        Column("carrier", TEXT, "Who carries it", required=False),
        Column("created_at", TIMESTAMP, "When it was ordered to be sent (UTC)"),
        Column("shipped_at", TIMESTAMP, "When it left (UTC)", required=False),
        Column("delivered_at", TIMESTAMP, "When it was there (UTC)", required=False),
    ),
)

SUPPLY = (CATEGORY_TREE, INVENTORY_LOCATION, STOCK_MOVEMENT, FULFILMENT)
