"""What the business wants to know of sales and carts, as metrics."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lambdas.contracts.metrics import (
    CARTS_EMPTIED,
    CARTS_FILLED,
    CHECKED_OUT_AT,
    ORDERS,
    REVENUE,
    UNITS,
)

if TYPE_CHECKING:
    from lambdas.api.entities import Cart, Order
    from lambdas.contracts.metrics import Measure


def of_cart(before: Cart, after: Cart) -> dict[Measure, float]:
    """A cart begins with its first lines and ends with its last; what is in between is shopping."""
    return {
        CARTS_FILLED: 1 if after.lines and not before.lines else 0,
        CARTS_EMPTIED: 1 if before.lines and not after.lines else 0,
    }


def of_sale(order: Order) -> dict[Measure, float]:
    """Revenue is exact to the cent, the moment of the sale to the millisecond."""
    return {
        ORDERS: 1,
        REVENUE: float(order.total_price),
        UNITS: sum(line.qty for line in order.lines),
        CHECKED_OUT_AT: round(datetime.fromisoformat(order.sold_at).timestamp(), 3),
    }
