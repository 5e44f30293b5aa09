"""Customers, vendors, items and their categories: signing up and looking up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from lambdas.api.clock import Clock, Retry, timestamp
from lambdas.api.entities import Category, Customer, Item, Ref, Vendor
from lambdas.api.errors import UnknownEntityError
from lambdas.contracts import GENERAL_CATEGORY_ID, GENERAL_CATEGORY_NAME

if TYPE_CHECKING:
    from lambdas.api.models import NewCustomer, NewItem, NewVendor
    from lambdas.api.ports import OperationalTable

Entity = TypeVar("Entity", Customer, Vendor, Item, Category)
GENERAL = Category(category_id=GENERAL_CATEGORY_ID, category_name=GENERAL_CATEGORY_NAME)


@dataclass(frozen=True)
class Registry:
    table: OperationalTable
    now: Clock
    retry: Retry

    def register_customer(self, new: NewCustomer, login: str | None = None) -> Customer:
        """Raises EmailTakenError, and AlreadyRegisteredError for a login that has a customer."""
        customer = Customer(
            customer_id=self.table.next_id("customer"),
            first_name=new.first_name,
            last_name=new.last_name,
            email=new.email,
            joined_at=timestamp(self.now()),
        )
        self.retry.run(lambda: self.table.add_customer(customer, login))
        return customer

    def register_vendor(self, new: NewVendor, login: str | None = None) -> Vendor:
        """Raises AlreadyRegisteredError for a login that has a vendor."""
        vendor = Vendor(
            vendor_id=self.table.next_id("vendor"),
            vendor_name=new.vendor_name,
            region=new.region,
            joined_at=timestamp(self.now()),
        )
        self.retry.run(lambda: self.table.add_vendor(vendor, login))
        return vendor

    def offer_item(self, vendor_id: int, new: NewItem) -> Item:
        """Raises UnknownEntityError for a vendor or a category id that is not there.

        Raises SkuTakenError, too.
        """
        self.vendor(vendor_id)
        category_id = self.retry.run(lambda: self.category_id(new.category))
        place = Place(self.table.next_id("item"), vendor_id, category_id)
        item = item_of(new, place, timestamp(self.now()))
        self.retry.run(lambda: self.table.add_item(item))
        return item

    def customer(self, customer_id: int) -> Customer:
        return _present(self.table.customer(customer_id), Ref("customer", customer_id))

    def vendor(self, vendor_id: int) -> Vendor:
        return _present(self.table.vendor(vendor_id), Ref("vendor", vendor_id))

    def item(self, item_id: int) -> Item:
        return _present(self.table.item(item_id), Ref("item", item_id))

    def category_id(self, wanted: int | str) -> int:
        """Raises UnknownEntityError, or StaleStateError if another has just added the name.

        An id must be known; a name is added the first time. General is known from the
        start.
        """
        if wanted == GENERAL.category_id:
            wanted = GENERAL.category_name
        if isinstance(wanted, int):
            return _present(self.table.category(wanted), Ref("category", wanted)).category_id
        known = self.table.category_id(wanted)
        if known is not None:
            return known
        if wanted.casefold() == GENERAL.category_name.casefold():
            category = GENERAL
        else:
            category_id = self.table.next_id("category", after=GENERAL.category_id)
            category = Category(category_id=category_id, category_name=wanted)
        self.table.add_category(category)
        return category.category_id


class Place(NamedTuple):
    """Where a new item belongs, by ids."""

    item_id: int
    vendor_id: int
    category_id: int


def item_of(new: NewItem, place: Place, updated_at: str) -> Item:
    return Item(
        item_id=place.item_id,
        vendor_id=place.vendor_id,
        item_name=new.item_name,
        category=place.category_id,
        price=new.price,
        stock=new.stock,
        sku=new.sku,
        updated_at=updated_at,
    )


def _present(entity: Entity | None, ref: Ref) -> Entity:
    if entity is None or entity.deleted:
        raise UnknownEntityError([ref])
    return entity
