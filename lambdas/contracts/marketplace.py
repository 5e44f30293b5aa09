"""What the API keeps: the star, with the names of the platform that it replaces."""

from __future__ import annotations

from lambdas.contracts.fields import (
    BIGINT,
    BY_MONTH,
    FIRST_DAY,
    INTEGER,
    MONEY,
    TEXT,
    TIMESTAMP,
    day,
    transaction,
)
from lambdas.contracts.model import Column, Contract, Kind

GENERAL_CATEGORY_ID = 1
GENERAL_CATEGORY_NAME = "General"
MAX_CART_LINES = 90
"""DynamoDB's transactions hold 100 operations; a checkout needs a few beside its items."""

LINE_TOTAL = {"total_mismatch": "total_price = cast(qty as decimal(20, 0)) * unit_price"}
"""The cast makes the product a DECIMAL(38,2), which no quantity and no price can overflow."""

CUSTOMER = Contract(
    entity="customer",
    table="customer",
    kind=Kind.DIMENSION,
    key=("customer_id",),
    description="A person who buys",
    columns=(
        Column("customer_id", BIGINT, "Identifies the customer", minimum=1),
        Column("first_name", TEXT, "Given name", max_bytes=400, personal=True),
        Column("last_name", TEXT, "Family name", max_bytes=400, personal=True),
        Column(
            "email",
            TEXT,
            "E-mail address, unique among customers",
            max_bytes=1280,
            personal=True,
        ),
        Column("joined_at", TIMESTAMP, "When the customer signed up (UTC)"),
    ),
)

VENDOR = Contract(
    entity="vendor",
    table="vendor",
    kind=Kind.DIMENSION,
    key=("vendor_id",),
    description="A shop that sells",
    columns=(
        Column("vendor_id", BIGINT, "Identifies the vendor", minimum=1),
        Column("vendor_name", TEXT, "Name shown to customers", max_bytes=800),
        Column("region", TEXT, "Where the vendor trades", max_bytes=400),
        Column("joined_at", TIMESTAMP, "When the vendor signed up (UTC)"),
    ),
)

ITEM = Contract(
    entity="item",
    table="inventory",
    kind=Kind.DIMENSION,
    key=("item_id",),
    description="Something that a vendor offers",
    columns=(
        Column("item_id", BIGINT, "Identifies the item", minimum=1),
        Column("item_name", TEXT, "Name shown to customers", max_bytes=800),
        Column("category", BIGINT, "Category of the item", minimum=1, references="category"),
        Column("price", MONEY, "Asked price of one piece", minimum=0),
        Column("updated_at", TIMESTAMP, "When name, category or price last changed (UTC)"),
        Column("vendor_id", BIGINT, "Vendor that offers it", minimum=1, references="vendor"),
    ),
)

CATEGORY = Contract(
    entity="category",
    table="category",
    kind=Kind.DIMENSION,
    key=("category_id",),
    description="A group of items; 1 is General",
    columns=(
        Column("category_id", BIGINT, "Identifies the category", minimum=1),
        Column("category_name", TEXT, "Name of the category", max_bytes=400),
    ),
)

CART = Contract(
    entity="cart",
    table="cart",
    kind=Kind.FACT,
    key=("customer_id", "line_no"),
    description="One line in a customer's cart now",
    check=LINE_TOTAL,
    columns=(
        Column("customer_id", BIGINT, "Whose cart", minimum=1, references="customer"),
        Column("line_no", INTEGER, "Position in the cart, from 1", minimum=1),
        Column("item_id", BIGINT, "Item in the cart", minimum=1, references="item"),
        Column("vendor_id", BIGINT, "Vendor named in the cart", minimum=1, references="vendor"),
        Column("qty", INTEGER, "Pieces", minimum=1),
        Column("unit_price", MONEY, "Price of one piece as the cart states it", minimum=0),
        Column("total_price", MONEY, "qty x unit_price", minimum=0),
        Column("updated_at", TIMESTAMP, "When the cart was last written (UTC)"),
    ),
)

TRANSACTION_LINE = Contract(
    entity="transaction_line",
    table="sales",
    kind=Kind.FACT,
    key=("transaction_id", "line_no"),
    description="One line of a completed transaction",
    partition=BY_MONTH,
    happened="sold_at",
    check=LINE_TOTAL,
    columns=(
        transaction("Identifies the transaction", required=True),
        Column("line_no", INTEGER, "Position in the transaction, from 1", minimum=1),
        Column("item_id", BIGINT, "Item sold", minimum=1, references="item"),
        Column("customer_id", BIGINT, "Customer who bought", minimum=1, references="customer"),
        Column("vendor_id", BIGINT, "Vendor who sold", minimum=1, references="vendor"),
        Column("category_id", BIGINT, "Category when sold", minimum=1, references="category"),
        day("sale"),
        Column("unit_price", MONEY, "Price of one piece", minimum=0),
        Column("qty", INTEGER, "Pieces", minimum=1),
        Column("total_price", MONEY, "qty x unit_price", minimum=0),
        Column("sold_at", TIMESTAMP, "When the checkout completed (UTC)"),
    ),
)

DATE = Contract(
    entity="date",
    table="date",
    kind=Kind.DIMENSION,
    key=("date_id",),
    description="One calendar day; its rows follow from the facts that refer to them",
    columns=(
        Column("date_id", INTEGER, "The day as yyyymmdd", minimum=FIRST_DAY),
        Column("year", INTEGER, "Calendar year"),
        Column("month", INTEGER, "Month, 1 to 12"),
        Column("day", INTEGER, "Day of the month, 1 to 31"),
    ),
)

STAR = (CUSTOMER, VENDOR, ITEM, CATEGORY, DATE, CART, TRANSACTION_LINE)
"""The tables that the API alone fills."""
