"""Which request calls which use case, and how its answer is shown; a module per resource."""

from collections.abc import Callable

from lambdas.api.binding import RouteTable, Shown
from lambdas.api.entities import Order
from lambdas.api.market import Market
from lambdas.api.routes.customers import CustomerRoutes
from lambdas.api.routes.imports import ImportRoutes
from lambdas.api.routes.inventory import InventoryRoutes
from lambdas.api.routes.shopping import ShoppingRoutes
from lambdas.api.routes.vendors import VendorRoutes
from lambdas.api.views import HealthView


def health() -> Shown[HealthView]:
    return Shown(HealthView())


def route_table(market: Market, sold: Callable[[Order], None]) -> RouteTable:
    """`sold` is told of each new order, once."""
    return {
        ("GET", "/health"): health,
        **CustomerRoutes(market).table(),
        **VendorRoutes(market).table(),
        **InventoryRoutes(market).table(),
        **ImportRoutes(market).table(),
        **ShoppingRoutes(market, sold).table(),
    }
