"""Changing what there is: profiles and stock, deleting and restoring, each from a known state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from lambdas.api.clock import Clock, Retry, timestamp
from lambdas.api.entities import MOST_PIECES, Cart, Change, Customer, Item, Ref, Vendor
from lambdas.api.errors import OutOfStockError, UnknownEntityError, UntrackedStockError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.api.etags import Condition
    from lambdas.api.models import CustomerChanges, ItemChanges, StockChange, VendorChanges
    from lambdas.api.ports import OperationalTable
    from lambdas.api.registry import Registry

Changing = TypeVar("Changing", Customer, Vendor, Item)


@dataclass(frozen=True)
class Changes:
    """Every method raises UnknownEntityError, and PreconditionFailedError as `condition` has it.

    What changes nothing raises no rev. It is written all the same, so that an entity from before
    the indexes can be found from then on.
    """

    table: OperationalTable
    registry: Registry
    now: Clock
    retry: Retry

    def customer(self, customer_id: int, new: CustomerChanges, condition: Condition) -> Customer:
        """Raises EmailTakenError."""

        def edited(before: Customer) -> Customer:
            return replace(before, **new.given())

        return self._change(lambda: self.registry.customer(customer_id), condition, edited)

    def vendor(self, vendor_id: int, new: VendorChanges, condition: Condition) -> Vendor:
        def edited(before: Vendor) -> Vendor:
            return replace(before, **new.given())

        return self._change(lambda: self.registry.vendor(vendor_id), condition, edited)

    def item(self, item_id: int, new: ItemChanges, condition: Condition) -> Item:
        """Raises UnknownEntityError for a category's id, too."""

        def edited(before: Item) -> Item:
            fields = new.given()
            if "category" in fields:
                fields["category"] = self.registry.category_id(fields["category"])
            after = replace(before, **fields)
            return after if after == before else replace(after, updated_at=timestamp(self.now()))

        return self._change(lambda: self.registry.item(item_id), condition, edited)

    def stock(self, item_id: int, new: StockChange, condition: Condition) -> Item:
        """Raises OutOfStockError or UntrackedStockError if pieces cannot be added or taken."""

        def attempt() -> Item:
            before = self.registry.item(item_id)
            condition.require(before.tag)
            stock = new.stock if new.change is None else _moved(before, new.change)
            if stock == before.stock:
                return before
            self.table.set_stock(before, stock)
            return replace(before, stock=stock, moves=before.moves + 1)

        return self.retry.run(attempt)

    def delete_customer(self, customer_id: int, condition: Condition) -> Customer:
        """The cart is emptied with it, so that no checkout can be under way unseen."""

        def attempt() -> Customer:
            cart = self.table.cart(customer_id) or Cart.never_written(customer_id)
            before = self.registry.customer(customer_id)
            condition.require(before.tag)
            after = replace(before, deleted=True, rev=before.rev + 1)
            self._write(before, after, cart.replaced_by((), timestamp(self.now())))
            return after

        return self.retry.run(attempt)

    def delete_vendor(self, vendor_id: int, condition: Condition) -> Vendor:
        return self._change(lambda: self.registry.vendor(vendor_id), condition, _deleted)

    def delete_item(self, item_id: int, condition: Condition) -> Item:
        return self._change(lambda: self.registry.item(item_id), condition, _deleted)

    def restore_customer(self, customer_id: int, condition: Condition) -> Customer:
        ref = Ref("customer", customer_id)
        return self._change(
            lambda: _known(self.table.customer(customer_id), ref), condition, _restored
        )

    def restore_vendor(self, vendor_id: int, condition: Condition) -> Vendor:
        ref = Ref("vendor", vendor_id)
        return self._change(lambda: _known(self.table.vendor(vendor_id), ref), condition, _restored)

    def restore_item(self, item_id: int, condition: Condition) -> Item:
        ref = Ref("item", item_id)
        return self._change(lambda: _known(self.table.item(item_id), ref), condition, _restored)

    def _change(
        self,
        read: Callable[[], Changing],
        condition: Condition,
        edit: Callable[[Changing], Changing],
    ) -> Changing:
        """Reads, checks, edits and writes until nothing comes between."""

        def attempt() -> Changing:
            before = read()
            condition.require(before.tag)
            after = edit(before)
            if after != before:
                after = replace(after, rev=before.rev + 1)
            self._write(before, after)
            return after

        return self.retry.run(attempt)

    def _write(self, before: Changing, after: Changing, emptied: Cart | None = None) -> None:
        now = int(self.now().timestamp())
        self.table.change(Change(before=before, after=after, now=now, emptied=emptied))


def _deleted(entity: Changing) -> Changing:
    return replace(entity, deleted=True)


def _restored(entity: Changing) -> Changing:
    return replace(entity, deleted=False)


def _known(entity: Changing | None, ref: Ref) -> Changing:
    """Deleted or not."""
    if entity is None:
        raise UnknownEntityError([ref])
    return entity


def _moved(item: Item, change: int) -> int:
    """The stock once `change` pieces are added, or taken if it is negative."""
    if item.stock is None:
        raise UntrackedStockError(f"The pieces of item {item.item_id} are not counted.")
    if not 0 <= item.stock + change <= MOST_PIECES:
        facts = {"item_id": item.item_id, "change": change, "available": item.stock}
        raise OutOfStockError(
            f"Item {item.item_id}: stock must stay between 0 and {MOST_PIECES}.", **facts
        )
    return item.stock + change
