"""The queries to begin with are read by both engines, and answer what they say."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import sqlglot

from lambdas.contracts import CONTRACTS
from lambdas.engine import connect, identifiers
from local.queries import named_query
from local.warehouse.dialect import translate
from tests.contract_rows import BOUGHT, GOOD, NOON, Texts, promoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUERIES = (
    "category_revenue",
    "conversion",
    "coupon_use",
    "item_ratings",
    "parcels",
    "points_balance",
    "stock_on_hand",
)
Rows = list[tuple[Any, ...]]


def line(number: int, category: int, qty: int) -> Texts:
    """A sale of pieces at 10.00."""
    return {
        "transaction_id": BOUGHT,
        "line_no": str(number),
        "item_id": "7",
        "customer_id": "5",
        "vendor_id": "3",
        "category_id": str(category),
        "date_id": "20260317",
        "unit_price": "10.00",
        "qty": str(qty),
        "total_price": f"{qty}0.00",
        "sold_at": NOON,
    }


def each(entity: str, *changes: Texts) -> list[Texts]:
    """As many rows as there are changes of the good one, with keys from 1."""
    (key, *_) = GOOD[entity]
    return [GOOD[entity] | {key: str(n)} | change for n, change in enumerate(changes, 1)]


GOLD: dict[str, list[Texts]] = {
    "category_tree": each(
        "category_tree",
        {"category_id": "1", "parent_id": None},
        {"category_id": "12"},
        {"category_id": "123", "parent_id": "12"},
    ),
    "transaction_line": [line(1, 123, 1), line(2, 12, 2), line(3, 1, 4), line(4, 9, 8)],
    "interaction": each(
        "interaction",
        {"interaction_type": "view"},
        {"interaction_type": "cart_add"},
        {},
        {"interaction_type": "view", "session_id": "s-2"},
        {"interaction_type": "view", "session_id": "s-3", "device": None, "customer_id": None},
    ),
    "coupon": [GOOD["coupon"]],
    "payment": each(
        "payment", {"refunded_amount": None}, {"amount": "40.00"}, {"status": "failed"}
    ),
    "review": each("review", {}, {"rating": "2", "transaction_id": None}, {"status": "rejected"}),
    "fulfilment": each(
        "fulfilment", {}, {"status": "pending", "shipped_at": None, "delivered_at": None}
    ),
    "loyalty_entry": each("loyalty_entry", {}, {"entry_type": "redeem", "points": "-40"}),
    "stock_movement": each("stock_movement", {"movement_type": "receipt", "qty": "9"}, {}),
    "inventory_location": [GOOD["inventory_location"]],
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Rows]]:
    """Asks gold, as these rows leave it."""
    folder = tmp_path_factory.mktemp("gold")
    with connect(folder) as connection:
        for contract in CONTRACTS:
            columns = identifiers(f'"{c.name}" {c.type.value.duckdb}' for c in contract.columns)
            connection.execute(f'create table "{contract.table}" ({columns})')
        for delta in promoted(connection, GOLD, folder).deltas:
            shown = connection.read_parquet(str(delta.path)).project("* exclude (version, deleted)")
            shown.insert_into(delta.table)
        yield lambda name: connection.execute(named_query(name)).fetchall()


@pytest.mark.parametrize("name", QUERIES)
def test_both_engines_can_read_it(name: str) -> None:
    sql = named_query(name)
    assert sqlglot.parse_one(sql, read="athena")
    assert translate(sql, {}, in_batch=False)


def test_a_category_has_the_sales_of_all_that_is_below_it(answers: Callable[[str], Rows]) -> None:
    assert [(row[0], row[2], row[3]) for row in answers("category_revenue")] == [
        (1, 7, Decimal("70.00")),
        (9, 8, Decimal("80.00")),
        (12, 3, Decimal("30.00")),
        (123, 1, Decimal("10.00")),
    ]


def test_visits_are_counted_once_however_much_is_done_in_them(
    answers: Callable[[str], Rows],
) -> None:
    assert sorted(answers("conversion"), key=str) == [
        (2026, 3, "mobile", 2, 1, 1),
        (2026, 3, None, 1, 0, 0),
    ]


def test_coupons_count_where_a_payment_went_through(answers: Callable[[str], Rows]) -> None:
    assert answers("coupon_use") == [(1, "SPRING", 2, Decimal("11.00"), Decimal("40.00"))]


def test_ratings_are_of_what_the_shop_shows(answers: Callable[[str], Rows]) -> None:
    assert answers("item_ratings") == [(7, None, Decimal("3.50"), 2, 1)]


def test_parcels_points_and_stock_add_up(answers: Callable[[str], Rows]) -> None:
    assert answers("parcels") == [("Post", 2, 1, 1, 0)]
    assert answers("points_balance") == [(5, 2)]
    assert answers("stock_on_hand") == [(7, None, "North", 7)]
