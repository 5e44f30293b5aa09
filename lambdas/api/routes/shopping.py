"""Routes of carts, checkouts and transactions."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from lambdas.api.binding import Header, RouteTable, Shown
from lambdas.api.entities import Order, Ref
from lambdas.api.errors import UnknownEntityError
from lambdas.api.etags import wanted
from lambdas.api.idempotency import KeyedRequest, caller_scope, fingerprint
from lambdas.api.ids import canonical_uuid
from lambdas.api.market import Market
from lambdas.api.models import CheckoutRequest, CustomerId, IdempotencyKey, IfMatch, NewCart
from lambdas.api.views import CartView, CheckoutView, OrderView

IDEMPOTENCY_KEY = Header("Idempotency-Key")


@dataclass(frozen=True)
class ShoppingRoutes:
    """`sold` is told of each new order, once."""

    market: Market
    sold: Callable[[Order], None]

    def table(self) -> RouteTable:
        return {
            ("POST", "/cart"): self.replace_cart,
            ("GET", "/cart/<user_id>"): self.cart,
            ("DELETE", "/cart/<user_id>"): self.empty_cart,
            ("POST", "/checkout"): self.check_out,
            ("GET", "/transactions/<transaction_id>"): self.transaction,
        }

    def replace_cart(self, new: NewCart, if_match: IfMatch = None) -> Shown[CartView]:
        cart = self.market.carts.replace(new.user_id, new.lines(), wanted(if_match))
        return Shown(CartView.of(cart), cart.tag)

    def cart(self, user_id: CustomerId) -> Shown[CartView]:
        cart = self.market.carts.read(user_id)
        return Shown(CartView.of(cart), cart.tag)

    def empty_cart(self, user_id: CustomerId, if_match: IfMatch = None) -> Shown[CartView]:
        cart = self.market.carts.empty(user_id, wanted(if_match))
        return Shown(None, cart.tag, HTTPStatus.NO_CONTENT)

    def check_out(
        self,
        request: CheckoutRequest,
        idempotency_key: Annotated[IdempotencyKey, IDEMPOTENCY_KEY] = None,
    ) -> Shown[CheckoutView]:
        keyed = _keyed(request, idempotency_key)
        done = self.market.checkouts.complete(request.user_id, keyed)
        if done.order is not None:
            self.sold(done.order)
        return Shown(CheckoutView(**done.answer))

    def transaction(self, transaction_id: str) -> Shown[OrderView]:
        order = self.market.checkouts.order(_uuid(transaction_id))
        return Shown(OrderView.of(order), order.tag)


def _keyed(request: CheckoutRequest, key: str | None) -> KeyedRequest | None:
    """`"7"` and `7` are the same user, so the same request; any other difference counts."""
    if key is None:
        return None
    body = {name: value for name, value in request if name != IDEMPOTENCY_KEY.name}
    return KeyedRequest(
        scope=caller_scope(request.user_id),
        key=key,
        fingerprint=fingerprint("POST /checkout", body),
    )


def _uuid(text: str) -> str:
    """In its canonical form. Nothing else is asked of the table, whose other keys are strings."""
    canonical = canonical_uuid(text)
    if canonical is None:
        raise UnknownEntityError([Ref("transaction", text)])
    return canonical
