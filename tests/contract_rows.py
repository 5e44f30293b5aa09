"""Rows of the entities beyond the API's, as texts, and what their contract says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lambdas.clean.rules import VERSION_WIDTH, casts, rules, texts
from lambdas.engine import identifiers, statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from lambdas.clean.reasons import Rejection
    from lambdas.contracts import Contract

Texts = dict[str, str | None]
"""A row as a mapping hands it to the rules: each column of the contract as text."""

NOON, LATER = "2026-03-17T12:00:00Z", "2026-03-18T08:30:00.5+01:00"
BOUGHT = "01995d3a-8f00-7000-8000-000000000001"
GOOD: dict[str, Texts] = {
    "category_tree": {"category_id": "12", "parent_id": "1"},
    "coupon": {
        "coupon_id": "1",
        "coupon_code": "SPRING",
        "discount_type": "percent",
        "discount_value": "15",
        "minimum_spend": "20.00",
        "vendor_id": "3",
        "valid_from": NOON,
        "valid_until": LATER,
    },
    "fulfilment": {
        "fulfilment_id": "1",
        "transaction_id": BOUGHT,
        "vendor_id": "3",
        "location_id": "4",
        "date_id": "20260317",
        "status": "delivered",
        "carrier": "Post",
        "created_at": NOON,
        "shipped_at": NOON,
        "delivered_at": LATER,
    },
    "interaction": {
        "interaction_id": "1",
        "session_id": "s-1",
        "customer_id": "5",
        "item_id": "7",
        "transaction_id": BOUGHT,
        "date_id": "20260317",
        "interaction_type": "purchase",
        "device": "mobile",
        "occurred_at": NOON,
    },
    "inventory_location": {
        "location_id": "4",
        "location_name": "North",
        "location_type": "warehouse",
        "region": "Tyrol",
        "vendor_id": "3",
    },
    "loyalty_entry": {
        "entry_id": "1",
        "customer_id": "5",
        "transaction_id": BOUGHT,
        "date_id": "20260317",
        "entry_type": "earn",
        "points": "42",
        "booked_at": NOON,
    },
    "payment": {
        "payment_id": "1",
        "transaction_id": BOUGHT,
        "customer_id": "5",
        "coupon_id": "1",
        "date_id": "20260317",
        "method": "card",
        "status": "captured",
        "amount": "34.50",
        "discount": "5.50",
        "refunded_amount": "34.50",
        "paid_at": NOON,
    },
    "review": {
        "review_id": "1",
        "item_id": "7",
        "customer_id": "5",
        "transaction_id": BOUGHT,
        "date_id": "20260317",
        "rating": "5",
        "status": "published",
        "helpful_votes": "0",
        "reviewed_at": NOON,
    },
    "stock_movement": {
        "movement_id": "1",
        "item_id": "7",
        "location_id": "4",
        "transaction_id": BOUGHT,
        "date_id": "20260317",
        "movement_type": "sale",
        "qty": "-2",
        "moved_at": NOON,
    },
}
"""One of each, with every column that it may have."""


def judged(
    connection: DuckDBPyConnection, contract: Contract, rows: Sequence[Mapping[str, str | None]]
) -> list[tuple[dict[str, Any], Rejection | None]]:
    """Each row as the contract's types have it, and why it would be quarantined, if it would."""
    columns = contract.column_names
    number = range(len(rows))
    mapped = pa.table(
        {
            "record": pa.array(number, pa.int64()),
            "identity": pa.array(map(str, number), pa.string()),
            "position": pa.array([1] * len(rows), pa.int64()),
            "bad_lines": pa.array([False] * len(rows), pa.bool_()),
            "rev": pa.array(["1"] * len(rows), pa.string()),
            "deleted": pa.array([row.get("deleted", "false") for row in rows], pa.string()),
            **{name: pa.array([row[name] for row in rows], pa.string()) for name in columns},
        }
    )
    broken = rules(contract)
    cursor = connection.cursor()  # its own temporary tables
    cursor.register("mapped", mapped)
    cursor.execute(
        statement(
            "clean/check",
            version_width=str(VERSION_WIDTH),
            texts=texts(contract),
            casts=casts(contract),
            columns=identifiers(columns),
            rules=" ".join(f"when {rule.broken} then {n}" for n, rule in enumerate(broken)),
        )
    )
    found = cursor.sql("select * from checked order by record").to_arrow_table().to_pylist()
    cursor.close()
    return [
        (
            {name: row[name] for name in columns},
            None if row["problem"] is None else broken[row["problem"]].rejection,
        )
        for row in found
    ]
