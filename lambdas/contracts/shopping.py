"""What surrounds a purchase and the API does not keep: from looking at an item to rating it.

No column holds what people write, nor a card, an address or a device's own number: nobody could
find a person in them again, to erase them. Who somebody is stands in `customer` alone.
"""

from __future__ import annotations

from lambdas.contracts.fields import (
    BY_MONTH,
    INTEGER,
    MONEY,
    TEXT,
    TIMESTAMP,
    day,
    identifier,
    member,
    one_of,
    transaction,
    uuid,
)
from lambdas.contracts.model import Column, Contract, Kind

COUPON = Contract(
    entity="coupon",
    table="coupon",
    kind=Kind.DIMENSION,
    key=("coupon_id",),
    description="A promise to lower a price; the payments that refer to it say who used it",
    check={
        "inconsistent": "coalesce(valid_until >= valid_from, true) "
        "and coalesce(discount_type <> 'percent' or discount_value <= 100, true)"
    },
    columns=(
        identifier("coupon_id", "coupon"),
        Column("coupon_code", TEXT, "What customers type in"),
        one_of(
            "discount_type",
            "What `discount_value` counts: percent, or an amount of money",
            "percent",
            "amount",
            "free_shipping",
        ),
        Column("discount_value", MONEY, "How much it takes off", required=False, minimum=0),
        Column(
            "minimum_spend",
            MONEY,
            "What a transaction must come to; null: any",
            required=False,
            minimum=0,
        ),
        member("vendor_id", "vendor", "Vendor who pays for it; null: the shop", required=False),
        Column("valid_from", TIMESTAMP, "When it begins to count (UTC)", required=False),
        Column("valid_until", TIMESTAMP, "When it ends (UTC)", required=False),
    ),
)

PAYMENT = Contract(
    entity="payment",
    table="payment",
    kind=Kind.FACT,
    key=("payment_id",),
    description="A payment for a transaction as it stands now; a transaction may have several",
    partition=BY_MONTH,
    happened="paid_at",
    check={"inconsistent": "coalesce(refunded_amount <= amount, true)"},
    columns=(
        identifier("payment_id", "payment"),
        transaction("Transaction that it pays", required=True),
        member("customer_id", "customer", "Customer who pays", required=False),
        member("coupon_id", "coupon", "Coupon that lowered it", required=False),
        day("payment"),
        one_of(
            "method",
            "How it is paid",
            "card",
            "wallet",
            "bank_transfer",
            "direct_debit",
            "gift_card",
            "invoice",
            "cash",
            "other",
        ),
        one_of(
            "status",
            "How far it is",
            "pending",
            "authorised",
            "captured",
            "failed",
            "cancelled",
            "refunded",
            "charged_back",
        ),
        Column("amount", MONEY, "What is to be paid, after discounts", minimum=0),
        Column("discount", MONEY, "What the coupon took off before", required=False, minimum=0),
        Column(
            "refunded_amount", MONEY, "What of the amount was given back", required=False, minimum=0
        ),
        Column("paid_at", TIMESTAMP, "When the customer paid (UTC); later states keep it"),
    ),
)

REVIEW = Contract(
    entity="review",
    table="review",
    kind=Kind.FACT,
    key=("review_id",),
    description="What a customer thinks of an item, as a number",
    partition=BY_MONTH,
    happened="reviewed_at",
    columns=(
        identifier("review_id", "review"),
        member("item_id", "item", "Item that is reviewed"),
        member("customer_id", "customer", "Customer who reviews"),
        transaction("Purchase that it is about, if one is known"),
        day("review"),
        Column("rating", INTEGER, "From 1, the worst, to 5", minimum=1, maximum=5),
        one_of(
            "status",
            "Whether the shop shows it",
            "pending",
            "published",
            "rejected",
            required=False,
        ),
        Column("helpful_votes", INTEGER, "Who found it helpful", required=False, minimum=0),
        Column("reviewed_at", TIMESTAMP, "When it was written first (UTC); edits keep it"),
    ),
)

INTERACTION = Contract(
    entity="interaction",
    table="interaction",
    kind=Kind.FACT,
    key=("interaction_id",),
    description="One thing that a visitor did with an item",
    partition=BY_MONTH,
    # An item is looked at tens of times for each time that it is sold, and publish has a bucket of
    # a month in memory: whole months would fill it long before those of sales do.
    buckets=8,
    happened="occurred_at",
    columns=(
        identifier("interaction_id", "interaction"),
        uuid("session_id", "Visit that it is part of"),
        member(
            "customer_id", "customer", "Customer who is signed in; null: nobody", required=False
        ),
        member("item_id", "item", "Item that it is about"),
        transaction("Purchase that it was"),
        day("interaction"),
        one_of("interaction_type", "What was done", "view", "cart_add", "purchase"),
        one_of(
            "device",
            "What it was done on",
            "desktop",
            "mobile",
            "tablet",
            "other",
            required=False,
        ),
        Column("occurred_at", TIMESTAMP, "When it was done (UTC)"),
    ),
)

LOYALTY_ENTRY = Contract(
    entity="loyalty_entry",
    table="loyalty_entry",
    kind=Kind.FACT,
    key=("entry_id",),
    description="A booking in a customer's points; their sum is the balance",
    partition=BY_MONTH,
    happened="booked_at",
    check={
        "inconsistent": "case entry_type when 'earn' then points > 0 "
        "when 'adjust' then points <> 0 else points < 0 end"
    },
    columns=(
        identifier("entry_id", "entry"),
        member("customer_id", "customer", "Whose points"),
        transaction("Purchase that earned or used them, if one did"),
        day("booking"),
        one_of("entry_type", "Why it was booked", "earn", "redeem", "expire", "adjust"),
        Column("points", INTEGER, "Points that are added, or taken if below 0"),
        Column("booked_at", TIMESTAMP, "When it was booked (UTC)"),
    ),
)

SHOPPING = (COUPON, PAYMENT, REVIEW, INTERACTION, LOYALTY_ENTRY)
