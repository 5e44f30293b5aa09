"""What the business wants to know of a sale, as metrics."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lambdas.contracts.metrics import CHECKED_OUT_AT, ORDERS, REVENUE, UNITS

if TYPE_CHECKING:
    from lambdas.api.entities import Order
    from lambdas.contracts.metrics import Measure


def of_sale(order: Order) -> dict[Measure, float]:
    """Revenue is exact to the cent, the moment of the sale to the millisecond."""
    return {
        ORDERS: 1,
        REVENUE: float(order.total_price),
        UNITS: sum(line.qty for line in order.lines),
        CHECKED_OUT_AT: round(datetime.fromisoformat(order.sold_at).timestamp(), 3),
    }
