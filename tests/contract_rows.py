"""Rows of the entities beyond the API's, as texts, and what their contract says of them."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from lambdas.clean.judging import Judged, Mapped, Staged, judge
from lambdas.clean.rules import BY_REV
from lambdas.conform.transform import Conformed, conform
from lambdas.contracts import BY_ENTITY
from lambdas.engine import identifiers
from lambdas.sql import SqlTemplate

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

VIEW = SqlTemplate(
    """
    create or replace temp view mapped as
    select
        record,
        identity,
        1 as position,
        false as bad_lines,
        '1' as rev,
        coalesce(image ->> '$.deleted', 'false') as deleted,
        @columns
    from source
    """
)


def judged(
    connection: DuckDBPyConnection, contract: Contract, rows: Sequence[Mapping[str, str | None]]
) -> tuple[list[dict[str, Any]], dict[int, Rejection]]:
    """The accepted rows as stored, and why each of the others is quarantined, by its place."""
    with TemporaryDirectory() as folder:
        found = _judged(connection, contract, rows, Path(folder))
        stored = [row for each in found.accepted for row in pq.read_table(each.path).to_pylist()]
    return stored, found.rejected


def promoted(
    connection: DuckDBPyConnection, rows: Mapping[str, Sequence[Texts]], folder: Path
) -> Conformed:
    """The deltas of a run that has these good rows of each entity."""
    cleaned = {}
    for entity, texts in rows.items():
        (folder / entity).mkdir()
        found = _judged(connection, BY_ENTITY[entity], texts, folder / entity)
        assert not found.rejected
        cleaned[entity] = [each.path for each in found.accepted]
    return conform(connection, cleaned, folder)


def _judged(
    connection: DuckDBPyConnection,
    contract: Contract,
    rows: Sequence[Mapping[str, str | None]],
    folder: Path,
) -> Judged:
    fields = {name: f"image ->> '$.{name}'" for name in contract.column_names}
    columns = identifiers(f"{value} as {name}" for name, value in fields.items())
    path = folder / "rows.ndjson"
    path.write_text("".join(map(_line, range(len(rows)), rows)))
    mapped = Mapped(contract, VIEW.substitute(columns=columns), BY_REV)
    return judge(connection, [Staged(path, "clean/source", (mapped,))], folder)


def _line(number: int, row: Mapping[str, str | None]) -> str:
    return json.dumps({"record": number, "identity": str(number), "image": row}) + "\n"
