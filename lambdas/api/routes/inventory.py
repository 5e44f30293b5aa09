"""Routes of items, and of how many pieces there are of each.

An item's tag has two parts, `3.17`: of its profile and of its stock. What changes the one does not
ask for the other, so that a sale never fails a change of price.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from lambdas.api.binding import QUERY, RouteTable, Shown
from lambdas.api.entities import Item
from lambdas.api.etags import required, wanted
from lambdas.api.market import Market
from lambdas.api.models import (
    IfMatch,
    ItemChanges,
    ItemId,
    ItemSearch,
    NewItem,
    StockChange,
    VendorId,
)
from lambdas.api.views import ItemView, PageView, StockView

PROFILE, STOCK = 0, 1
"""The parts of an item's tag."""


@dataclass(frozen=True)
class InventoryRoutes:
    market: Market

    def table(self) -> RouteTable:
        return {
            ("GET", "/inventory"): self.search,
            ("POST", "/inventory"): self.offer,
            ("GET", "/inventory/<item_id>"): self.read,
            ("PATCH", "/inventory/<item_id>"): self.change,
            ("DELETE", "/inventory/<item_id>"): self.delete,
            ("POST", "/inventory/<item_id>/restore"): self.restore,
            ("GET", "/inventory/<item_id>/stock"): self.stock,
            ("PATCH", "/inventory/<item_id>/stock"): self.change_stock,
        }

    def search(self, search: Annotated[ItemSearch, QUERY]) -> Shown[PageView[ItemView]]:
        page = self.market.catalogue.items(search)
        results = [ItemView.of(item) for item in page.entries]
        return Shown(PageView(results=results, next=page.next))

    def offer(self, vendor_id: Annotated[VendorId, QUERY], new: NewItem) -> Shown[ItemView]:
        return _shown(self.market.registry.offer_item(vendor_id, new), HTTPStatus.CREATED)

    def read(self, item_id: ItemId) -> Shown[ItemView]:
        return _shown(self.market.registry.item(item_id))

    def change(
        self, item_id: ItemId, changes: ItemChanges, if_match: IfMatch = None
    ) -> Shown[ItemView]:
        return _shown(self.market.changes.item(item_id, changes, required(if_match, PROFILE)))

    def delete(self, item_id: ItemId, if_match: IfMatch = None) -> Shown[ItemView]:
        gone = self.market.changes.delete_item(item_id, required(if_match, PROFILE))
        return Shown(None, gone.tag, HTTPStatus.NO_CONTENT)

    def restore(self, item_id: ItemId, if_match: IfMatch = None) -> Shown[ItemView]:
        return _shown(self.market.changes.restore_item(item_id, wanted(if_match, PROFILE)))

    def stock(self, item_id: ItemId) -> Shown[StockView]:
        return _shown_stock(self.market.registry.item(item_id))

    def change_stock(
        self, item_id: ItemId, change: StockChange, if_match: IfMatch = None
    ) -> Shown[StockView]:
        return _shown_stock(self.market.changes.stock(item_id, change, required(if_match, STOCK)))


def _shown(item: Item, status: HTTPStatus = HTTPStatus.OK) -> Shown[ItemView]:
    return Shown(ItemView.of(item), item.tag, status)


def _shown_stock(item: Item) -> Shown[StockView]:
    return Shown(StockView.of(item), item.tag)
