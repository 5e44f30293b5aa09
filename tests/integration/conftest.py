"""Real parts as fixtures, each in a module of its own."""

from tests.integration.emulator import emulator
from tests.integration.shops_database import orders, shop, shop_server
from tests.integration.warehouse_stand_in import database, stand_in

__all__ = ["database", "emulator", "orders", "shop", "shop_server", "stand_in"]
