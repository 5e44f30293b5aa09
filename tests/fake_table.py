"""`OperationalTable` in memory, with faults on demand and rivals that act between two steps."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lambdas.api.checkout import pieces
from lambdas.api.entities import Customer, Item, Vendor
from lambdas.api.errors import (
    AlreadyRegisteredError,
    EmailTakenError,
    SkuTakenError,
    StaleStateError,
)
from lambdas.api.listing import Position, Slice, name_key
from lambdas.contracts.operational import BY_CATEGORY, BY_CUSTOMER, BY_NAME, BY_VENDOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lambdas.api.entities import Cart, Category, Change, Claim, Order, Profile, Ref, Sale
    from lambdas.api.listing import Listed, Listing


def _no_hook(_operation: str) -> None:
    """Nothing happens in between."""


@dataclass
class FakeTable:
    """Serializable, as DynamoDB's transactions are.

    Writes call `before(operation)` and `after(operation)`: what `before` raises was never applied,
    what `after` raises was applied and its answer lost. Operations are put_cart, place,
    change and set_stock.
    """

    before: Callable[[str], None] = _no_hook
    after: Callable[[str], None] = _no_hook
    counters: dict[str, int] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    vendors: dict[int, Vendor] = field(default_factory=dict)
    offered: dict[int, Item] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    links: dict[tuple[str, str], int] = field(default_factory=dict)
    carts: dict[int, Cart] = field(default_factory=dict)
    claims: dict[tuple[str, str], Claim] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def next_id(self, counter: str, after: int = 0) -> int:
        with self._lock:
            self.counters[counter] = self.counters.get(counter, after) + 1
            return self.counters[counter]

    def add_customer(self, customer: Customer, login: str | None = None) -> None:
        with self._lock:
            self._require_free(customer)
            self._link("customer", customer.customer_id, login)
            self.customers[customer.customer_id] = customer

    def add_vendor(self, vendor: Vendor, login: str | None = None) -> None:
        with self._lock:
            self._link("vendor", vendor.vendor_id, login)
            self.vendors[vendor.vendor_id] = vendor

    def linked(self, role: str, login: str) -> int | None:
        return self.links.get((role, login))

    def _link(self, role: str, number: int, login: str | None) -> None:
        if login is not None and self.links.setdefault((role, login), number) != number:
            raise AlreadyRegisteredError(f"Your login is {role} {self.links[role, login]} already.")

    def add_item(self, item: Item) -> None:
        with self._lock:
            taken = {(each.vendor_id, each.sku) for each in self.offered.values() if each.sku}
            if (item.vendor_id, item.sku) in taken:
                raise SkuTakenError(item.sku or "")
            self.offered[item.item_id] = item

    def add_category(self, category: Category) -> None:
        with self._lock:
            if self.category_id(category.category_name) is not None:
                raise StaleStateError(category.category_name)
            self.categories[category.category_id] = category

    def customer(self, customer_id: int) -> Customer | None:
        return self.customers.get(customer_id)

    def vendor(self, vendor_id: int) -> Vendor | None:
        return self.vendors.get(vendor_id)

    def item(self, item_id: int) -> Item | None:
        return self.offered.get(item_id)

    def category(self, category_id: int) -> Category | None:
        return self.categories.get(category_id)

    def category_id(self, name: str) -> int | None:
        ids = {c.category_name.casefold(): c.category_id for c in self.categories.values()}
        return ids.get(name.casefold())

    def change(self, change: Change) -> None:
        self.before("change")
        with self._lock:
            self._require_rev(change)
            if isinstance(change.after, Customer):
                self._require_free(change.after)
            if change.emptied:
                self._replace(change.emptied)
            self._store(change.after)
        self.after("change")

    def set_stock(self, before: Item, stock: int | None) -> None:
        self.before("set_stock")
        with self._lock:
            stored = self.offered.get(before.item_id)
            if stored is None or stored.deleted or stored.moves != before.moves:
                raise StaleStateError("stock")
            self._store(replace(stored, stock=stock, moves=stored.moves + 1))
        self.after("set_stock")

    def customer_of(self, email: str) -> Customer | None:
        of_address = (c for c in self.customers.values() if c.email.casefold() == email.casefold())
        return next(of_address, None)

    def found(self, refs: Iterable[Ref]) -> dict[Ref, Profile]:
        with self._lock:
            known = {entity.ref: entity for entity in self._profiles() if not entity.deleted}
        return {ref: known[ref] for ref in refs if ref in known}

    def missing(self, refs: Iterable[Ref]) -> list[Ref]:
        refs = list(refs)
        found = self.found(refs)
        return [ref for ref in refs if ref not in found]

    def slice(self, listing: Listing, limit: int, after: Position | None) -> Slice:
        with self._lock:
            rows = sorted(
                (row for row in self._rows(listing) if row[0].sort.startswith(listing.sort_prefix)),
                key=lambda row: (row[0].sort, row[0].id),
                reverse=listing.newest_first,
            )
        places = [position for position, _ in rows]
        start = places.index(after) + 1 if after else 0
        return Slice(list(rows[start : start + limit]), more=len(rows) > start + limit)

    def cart(self, customer_id: int) -> Cart | None:
        return self.carts.get(customer_id)

    def put_cart(self, cart: Cart) -> None:
        self.before("put_cart")
        with self._lock:
            self._replace(cart)
        self.after("put_cart")

    def claim(self, scope: str, key: str) -> Claim | None:
        return self.claims.get((scope, key))

    def place(self, sale: Sale) -> None:
        self.before("place")
        with self._lock:
            self._require_as_read(sale)
            self._replace(sale.cart.replaced_by((), sale.order.sold_at))
            for item_id, quantity in pieces(sale.cart).items():
                item = self.offered[item_id]
                if item.stock is not None:
                    self._store(replace(item, stock=item.stock - quantity, moves=item.moves + 1))
            if sale.claim:
                self.claims[sale.claim.scope, sale.claim.key] = sale.claim
            self.sales[sale.order.transaction_id] = sale
        self.after("place")

    def order(self, transaction_id: str) -> Order | None:
        sale = self.sales.get(transaction_id)
        return sale.order if sale else None

    def _rows(self, listing: Listing) -> Iterator[tuple[Position, Listed]]:
        if listing.index is BY_CUSTOMER:
            for sale in self.sales.values():
                if sale.order.customer_id == listing.partition:
                    yield Position(sale.order.sold_at, sale.order.transaction_id), sale.order
        for entity in self._profiles():
            partition = {
                BY_NAME: entity.ref.entity,
                BY_VENDOR: getattr(entity, "vendor_id", None),
                BY_CATEGORY: getattr(entity, "category", None),
            }.get(listing.index)
            if (entity.ref.entity, partition) == (listing.entity, listing.partition):
                yield Position(name_key(entity), str(entity.ref.id)), entity

    def _profiles(self) -> list[Profile]:
        return [*self.customers.values(), *self.vendors.values(), *self.offered.values()]

    def _store(self, entity: Profile) -> None:
        match entity:
            case Customer():
                self.customers[entity.customer_id] = entity
            case Vendor():
                self.vendors[entity.vendor_id] = entity
            case Item():
                self.offered[entity.item_id] = entity

    def _require_rev(self, change: Change) -> None:
        [stored] = [each for each in self._profiles() if each.ref == change.before.ref]
        if stored.rev != change.before.rev:
            raise StaleStateError("profile")

    def _require_free(self, customer: Customer) -> None:
        owner = self.customer_of(customer.email)
        if owner and owner.customer_id != customer.customer_id:
            raise EmailTakenError(customer.email)

    def _replace(self, cart: Cart) -> None:
        before = self.carts.get(cart.customer_id)
        if (before.rev if before else 0) != cart.rev - 1:
            raise StaleStateError("cart")
        self.carts[cart.customer_id] = cart

    def _require_as_read(self, sale: Sale) -> None:
        claim = sale.claim and self.claims.get((sale.claim.scope, sale.claim.key))
        cart = self.carts.get(sale.cart.customer_id)
        still_so = (
            cart is not None
            and cart.rev == sale.cart.rev
            and sale.order.transaction_id not in self.sales
            and (not claim or claim.expires_at <= sale.now)
            and all(self._can_take(sale, *wanted) for wanted in pieces(sale.cart).items())
        )
        if not still_so:
            raise StaleStateError("sale")

    def _can_take(self, sale: Sale, item_id: int, quantity: int) -> bool:
        read, stored = sale.items[item_id], self.offered[item_id]
        if stored.rev != read.rev or (sale.price_enforced and stored.price != read.price):
            return False
        if read.stock is None or stored.stock is None:
            return read.stock is stored.stock
        return stored.stock >= quantity
