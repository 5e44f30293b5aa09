"""Lists and searches, page by page, each by one query of one index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from lambdas.api import cursors
from lambdas.api.entities import Customer, Item, Order, Ref, Vendor
from lambdas.api.listing import Listing

if TYPE_CHECKING:
    from lambdas.api.clock import Retry
    from lambdas.api.models import (
        CustomerSearch,
        ItemSearch,
        Paging,
        VendorItemSearch,
        VendorSearch,
    )
    from lambdas.api.ports import OperationalTable
    from lambdas.api.registry import Registry

Entry = TypeVar("Entry", Customer, Vendor, Item, Order)


@dataclass(frozen=True)
class Page(Generic[Entry]):
    """`next` is the cursor of the page behind this one, None at the end.

    A page may hold less than was asked for, even nothing, and still have a next one: what was
    deleted or renamed a moment ago is left out.
    """

    entries: list[Entry]
    next: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """Every method raises InvalidRequestError for a cursor that is not of its list."""

    table: OperationalTable
    registry: Registry
    retry: Retry

    def customers(self, search: CustomerSearch) -> Page[Customer]:
        if search.email is None:
            listing = Listing.by_name("customer", search.first_name)
            return self._page(Customer, listing, search)
        return self._customer_of(search.email)

    def vendors(self, search: VendorSearch) -> Page[Vendor]:
        return self._page(Vendor, Listing.by_name("vendor", search.vendor_name), search)

    def items(self, search: ItemSearch) -> Page[Item]:
        """Raises UnknownEntityError for a vendor that is not there."""
        if search.vendor_id is not None:
            return self.items_of(search.vendor_id, search)
        if search.category is None:
            return self._items(Listing.by_name("item", search.item_name), search)
        category_id = self._category_id(search.category)
        if category_id is None:
            return Page([])
        return self._items(Listing.by_category(category_id, search.item_name), search)

    def items_of(self, vendor_id: int, search: VendorItemSearch) -> Page[Item]:
        """Raises UnknownEntityError for a vendor that is not there."""
        self.registry.vendor(vendor_id)
        return self._page(Item, Listing.by_vendor(vendor_id, search.item_name), search)

    def transactions_of(self, customer_id: int, paging: Paging) -> Page[Order]:
        """The newest first. Raises UnknownEntityError for a customer who is not there."""
        self.registry.customer(customer_id)
        return self._page(Order, Listing.by_customer(customer_id), paging)

    def _customer_of(self, email: str) -> Page[Customer]:
        customer = self.retry.run(lambda: self.table.customer_of(email))
        return Page([] if customer is None or customer.deleted else [customer])

    def _items(self, listing: Listing, paging: Paging) -> Page[Item]:
        """Without those of deleted vendors, which cannot be bought."""
        page = self._page(Item, listing, paging)
        vendors = {item.item_id: Ref("vendor", item.vendor_id) for item in page.entries}
        gone = set(self.retry.run(lambda: self.table.missing(dict.fromkeys(vendors.values()))))
        offered = [item for item in page.entries if vendors[item.item_id] not in gone]
        return Page(offered, page.next)

    def _page(self, kind: type[Entry], listing: Listing, paging: Paging) -> Page[Entry]:
        after = cursors.position(listing, paging.cursor) if paging.cursor is not None else None
        found = self.retry.run(lambda: self.table.slice(listing, paging.limit, after))
        entries = [
            entity
            for position, entity in found.entries
            if isinstance(entity, kind) and listing.holds(entity, position.sort)
        ]
        last = cursors.cursor(listing, found.entries[-1][0]) if found.more else None
        return Page(entries, last)

    def _category_id(self, wanted: int | str) -> int | None:
        if isinstance(wanted, int):
            return wanted
        return self.retry.run(lambda: self.table.category_id(wanted))
