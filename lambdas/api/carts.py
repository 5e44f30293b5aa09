"""A customer's cart: replaced as a whole, one rev after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.api.clock import Clock, Retry, timestamp
from lambdas.api.entities import Cart, CartLine, Ref
from lambdas.api.errors import UnknownEntityError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.api.ports import OperationalTable


@dataclass(frozen=True)
class Carts:
    table: OperationalTable
    now: Clock
    retry: Retry

    def replace(self, customer_id: int, lines: tuple[CartLine, ...]) -> Cart:
        """Raises UnknownEntityError for a customer, an item or a vendor that is not there."""

        def attempt() -> Cart:
            self._require(_named_by(customer_id, lines))
            before = self.table.cart(customer_id) or _never_written(customer_id)
            cart = before.replaced_by(lines, timestamp(self.now()))
            self.table.put_cart(cart)
            return cart

        return self.retry.run(attempt)

    def read(self, customer_id: int) -> Cart:
        """A customer who never had a cart has an empty one."""
        cart = self.table.cart(customer_id)
        if cart is None:
            self._require([Ref("customer", customer_id)])
            return _never_written(customer_id)
        return cart

    def _require(self, refs: list[Ref]) -> None:
        missing = self.table.missing(refs)
        if missing:
            raise UnknownEntityError(missing)


def _never_written(customer_id: int) -> Cart:
    return Cart(customer_id=customer_id, rev=0, lines=(), lines_ever=0, updated_at="")


def _named_by(customer_id: int, lines: tuple[CartLine, ...]) -> list[Ref]:
    def refs() -> Iterator[Ref]:
        yield Ref("customer", customer_id)
        for line in lines:
            yield Ref("item", line.item_id)
            yield Ref("vendor", line.vendor_id)

    return list(dict.fromkeys(refs()))
