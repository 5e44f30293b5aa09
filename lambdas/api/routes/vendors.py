"""Routes of vendors."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from lambdas.api.binding import LOGIN, QUERY, RouteTable, Shown
from lambdas.api.entities import Vendor
from lambdas.api.etags import required, wanted
from lambdas.api.market import Market
from lambdas.api.models import (
    IfMatch,
    NewVendor,
    VendorChanges,
    VendorId,
    VendorItemSearch,
    VendorSearch,
)
from lambdas.api.views import ItemView, PageView, VendorView


@dataclass(frozen=True)
class VendorRoutes:
    market: Market

    def table(self) -> RouteTable:
        return {
            ("GET", "/vendors"): self.search,
            ("POST", "/vendors"): self.register,
            ("GET", "/vendors/<vendor_id>"): self.read,
            ("PATCH", "/vendors/<vendor_id>"): self.change,
            ("DELETE", "/vendors/<vendor_id>"): self.delete,
            ("POST", "/vendors/<vendor_id>/restore"): self.restore,
            ("GET", "/vendors/<vendor_id>/items"): self.items,
        }

    def search(self, search: Annotated[VendorSearch, QUERY]) -> Shown[PageView[VendorView]]:
        page = self.market.catalogue.vendors(search)
        results = [VendorView.of(vendor) for vendor in page.entries]
        return Shown(PageView(results=results, next=page.next))

    def register(
        self, new: NewVendor, login: Annotated[str | None, LOGIN] = None
    ) -> Shown[VendorView]:
        return _shown(self.market.registry.register_vendor(new, login), HTTPStatus.CREATED)

    def read(self, vendor_id: VendorId) -> Shown[VendorView]:
        return _shown(self.market.registry.vendor(vendor_id))

    def change(
        self, vendor_id: VendorId, changes: VendorChanges, if_match: IfMatch = None
    ) -> Shown[VendorView]:
        return _shown(self.market.changes.vendor(vendor_id, changes, required(if_match)))

    def delete(self, vendor_id: VendorId, if_match: IfMatch = None) -> Shown[VendorView]:
        gone = self.market.changes.delete_vendor(vendor_id, required(if_match))
        return Shown(None, gone.tag, HTTPStatus.NO_CONTENT)

    def restore(self, vendor_id: VendorId, if_match: IfMatch = None) -> Shown[VendorView]:
        return _shown(self.market.changes.restore_vendor(vendor_id, wanted(if_match)))

    def items(
        self, vendor_id: VendorId, search: Annotated[VendorItemSearch, QUERY]
    ) -> Shown[PageView[ItemView]]:
        page = self.market.catalogue.items_of(vendor_id, search)
        results = [ItemView.of(item) for item in page.entries]
        return Shown(PageView(results=results, next=page.next))


def _shown(vendor: Vendor, status: HTTPStatus = HTTPStatus.OK) -> Shown[VendorView]:
    return Shown(VendorView.of(vendor), vendor.tag, status)
