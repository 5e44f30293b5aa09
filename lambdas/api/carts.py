"""A customer's cart: replaced as a whole, one rev after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.api.clock import Clock, Retry, timestamp
from lambdas.api.entities import Cart, CartLine, Ref
from lambdas.api.errors import UnknownEntityError
from lambdas.api.etags import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdas.api.etags import Condition
    from lambdas.api.ports import OperationalTable


def nobody(_before: Cart, _after: Cart) -> None:
    """Told of every cart that is written, and does nothing."""


@dataclass(frozen=True)
class Carts:
    """`told` learns of each written cart, with what it was before; a checkout is told of itself."""

    table: OperationalTable
    now: Clock
    retry: Retry
    told: Callable[[Cart, Cart], None] = nobody

    def replace(
        self, customer_id: int, lines: tuple[CartLine, ...], condition: Condition = ALWAYS
    ) -> Cart:
        """Raises UnknownEntityError for a customer, an item or a vendor that is not there."""

        def attempt() -> Cart:
            # The cart is read first: deleting a customer raises its rev, so that this write fails
            # if the customer is deleted after it was found here.
            before = self._now(customer_id)
            self._require(_named_by(customer_id, lines))
            condition.require(before.tag)
            return self._write(before, lines)

        return self.retry.run(attempt)

    def empty(self, customer_id: int, condition: Condition) -> Cart:
        """Raises UnknownEntityError. A cart that is empty stays as it is."""

        def attempt() -> Cart:
            before = self.read(customer_id)
            condition.require(before.tag)
            if not before.lines:
                return before
            return self._write(before, ())

        return self.retry.run(attempt)

    def read(self, customer_id: int) -> Cart:
        """A customer who never had a cart has an empty one, a deleted customer has none."""
        cart = self._now(customer_id)
        if not cart.lines:
            self._require([Ref("customer", customer_id)])
        return cart

    def _write(self, before: Cart, lines: tuple[CartLine, ...]) -> Cart:
        cart = before.replaced_by(lines, timestamp(self.now()))
        self.table.put_cart(cart)
        self.told(before, cart)
        return cart

    def _now(self, customer_id: int) -> Cart:
        return self.table.cart(customer_id) or Cart.never_written(customer_id)

    def _require(self, refs: list[Ref]) -> None:
        missing = self.table.missing(refs)
        if missing:
            raise UnknownEntityError(missing)


def _named_by(customer_id: int, lines: tuple[CartLine, ...]) -> list[Ref]:
    def refs() -> Iterator[Ref]:
        yield Ref("customer", customer_id)
        for line in lines:
            yield Ref("item", line.item_id)
            yield Ref("vendor", line.vendor_id)

    return list(dict.fromkeys(refs()))
