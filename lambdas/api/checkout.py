"""Checking a cart out: decided from what was read, written only if that is still so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from lambdas.api.clock import Clock, IdFactory, Retry, timestamp
from lambdas.api.entities import Cart, Claim, Item, Order, OrderLine, Ref, Sale
from lambdas.api.errors import (
    EmptyCartError,
    ForeignVendorError,
    KeyReusedError,
    OutOfStockError,
    StalePriceError,
    UnknownEntityError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from lambdas.api.idempotency import KeyedRequest
    from lambdas.api.ports import OperationalTable


Line = dict[str, int | str]
"""A line of the cart as an error shows it."""


@dataclass(frozen=True)
class Completed:
    """What the caller is told; `order` is None if an earlier request had made it."""

    answer: dict[str, str]
    order: Order | None


@dataclass(frozen=True)
class Checkouts:
    table: OperationalTable
    now: Clock
    new_id: IdFactory
    retry: Retry
    prices_enforced: bool
    remember: timedelta

    def complete(self, customer_id: int, request: KeyedRequest | None) -> Completed:
        """Sells the customer's cart.

        Raises the errors that `settle` names, EmptyCartError, KeyReusedError, and
        UnknownEntityError for an item or a vendor that is no longer there.
        """
        transaction_id = self.new_id()
        attempts = count()

        def attempt() -> Completed:
            # An attempt whose answer was lost may have been written all the same.
            placed = self.table.order(transaction_id) if next(attempts) else None
            if placed is not None:
                return Completed(answer_for(placed), placed)
            return self._sell(transaction_id, customer_id, request)

        return self.retry.run(attempt)

    def order(self, transaction_id: str) -> Order:
        order = self.table.order(transaction_id)
        if order is None:
            raise UnknownEntityError([Ref("transaction", transaction_id)])
        return order

    def _sell(
        self, transaction_id: str, customer_id: int, request: KeyedRequest | None
    ) -> Completed:
        # The cart is read before the key. With two identical requests A and B at once:
        #   A: cart full ............... writes order, empty cart and key together
        #   B: .......... either the cart is still full, and B's write fails on the key,
        #                 or it is empty, and then the key read after it is there: A's answer.
        # Read the other way round, B could find no key, then an empty cart, and say 404.
        cart = self.table.cart(customer_id)
        now = self.now()
        first = self._first_answer(request, now)
        if first is not None:
            return Completed(first, order=None)
        if cart is None or not cart.lines:
            raise EmptyCartError(f"The cart of customer {customer_id} is empty.")
        items = self._wares(cart)
        order = Order(
            transaction_id=transaction_id,
            customer_id=customer_id,
            sold_at=timestamp(now),
            lines=settle(cart, items, prices_enforced=self.prices_enforced),
        )
        self.table.place(
            Sale(
                order=order,
                cart=cart,
                items=items,
                claim=self._claim(request, order, now),
                now=int(now.timestamp()),
                price_enforced=self.prices_enforced,
            )
        )
        return Completed(answer_for(order), order)

    def _wares(self, cart: Cart) -> dict[int, Item]:
        """The cart's items as they are now. Raises UnknownEntityError, also for a vendor.

        That a vendor is still there is not among the conditions of the write, as its item is: all
        sales of a popular vendor would be in each other's way.
        """
        refs = dict.fromkeys(
            ref
            for line in cart.lines
            for ref in (Ref("item", line.item_id), Ref("vendor", line.vendor_id))
        )
        found = self.table.found(refs)
        gone = [ref for ref in refs if ref not in found]
        if gone:
            raise UnknownEntityError(gone)
        return {item.item_id: item for item in found.values() if isinstance(item, Item)}

    def _first_answer(self, request: KeyedRequest | None, now: datetime) -> dict[str, str] | None:
        claim = request and self.table.claim(request.scope, request.key)
        if not (request and claim) or claim.expires_at <= now.timestamp():
            return None
        if claim.fingerprint != request.fingerprint:
            raise KeyReusedError("The Idempotency-Key was used for another request.")
        return claim.answer

    def _claim(self, request: KeyedRequest | None, order: Order, now: datetime) -> Claim | None:
        if request is None:
            return None
        return Claim(
            scope=request.scope,
            key=request.key,
            fingerprint=request.fingerprint,
            answer=answer_for(order),
            expires_at=int((now + self.remember).timestamp()),
        )


def answer_for(order: Order) -> dict[str, str]:
    return {"message": "Transaction completed", "transaction_id": order.transaction_id}


def pieces(cart: Cart) -> dict[int, int]:
    """Pieces wanted of each item, over all lines: a transaction may touch an item only once."""
    wanted: Counter[int] = Counter()
    for line in cart.lines:
        wanted[line.item_id] += line.qty
    return dict(wanted)


def settle(
    cart: Cart, items: Mapping[int, Item], *, prices_enforced: bool
) -> tuple[OrderLine, ...]:
    """The order's lines for a cart, given its items as they are now.

    Raises ForeignVendorError, StalePriceError or OutOfStockError. Without enforced prices the
    cart's prices and vendors stand.
    """
    if prices_enforced:
        _require_own_vendors(cart, items)
        _require_current_prices(cart, items)
    _require_stock(cart, items)
    return tuple(
        OrderLine(
            line_no=line.line_no,
            item_id=line.item_id,
            vendor_id=line.vendor_id,
            category_id=items[line.item_id].category,
            qty=line.qty,
            unit_price=line.unit_price,
            total_price=line.total_price,
        )
        for line in cart.lines
    )


def _require_own_vendors(cart: Cart, items: Mapping[int, Item]) -> None:
    lines: list[Line] = [
        {
            "line_no": line.line_no,
            "item_id": line.item_id,
            "vendor_id": line.vendor_id,
            "offered_by": items[line.item_id].vendor_id,
        }
        for line in cart.lines
        if line.vendor_id != items[line.item_id].vendor_id
    ]
    if lines:
        raise ForeignVendorError(f"{_named(lines)}: the vendor does not offer it.", lines=lines)


def _require_current_prices(cart: Cart, items: Mapping[int, Item]) -> None:
    lines: list[Line] = [
        {
            "line_no": line.line_no,
            "item_id": line.item_id,
            "unit_price": str(line.unit_price),
            "current_price": str(items[line.item_id].price),
        }
        for line in cart.lines
        if line.unit_price != items[line.item_id].price
    ]
    if lines:
        raise StalePriceError(f"{_named(lines)}: the price has changed.", lines=lines)


def _require_stock(cart: Cart, items: Mapping[int, Item]) -> None:
    wanted = pieces(cart)
    lines: list[Line] = [
        {
            "line_no": line.line_no,
            "item_id": line.item_id,
            "qty": line.qty,
            "available": available,
        }
        for line in cart.lines
        if (available := items[line.item_id].stock) is not None and available < wanted[line.item_id]
    ]
    if lines:
        raise OutOfStockError(f"{_named(lines)}: not enough in stock.", lines=lines)


def _named(lines: list[Line]) -> str:
    return ", ".join(f"line {line['line_no']} (item {line['item_id']})" for line in lines)
