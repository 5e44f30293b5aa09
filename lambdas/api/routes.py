"""Which request calls which use case, and how its answer is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from lambdas.api import views
from lambdas.api.entities import Ref
from lambdas.api.errors import UnknownEntityError
from lambdas.api.idempotency import KeyedRequest, caller_scope, fingerprint
from lambdas.api.models import (
    CheckoutRequest,
    Identified,
    NewCart,
    NewCustomer,
    NewItem,
    NewVendor,
)
from lambdas.api.requests import checked, header, json_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

    from lambdas.api.entities import Order
    from lambdas.api.market import Market

Answer = tuple[dict[str, Any], int]
OK, CREATED = 200, 201
UUID_LENGTH = 36


@dataclass(frozen=True)
class Routes:
    """`sold` is told of each new order, once."""

    app: APIGatewayHttpResolver
    market: Market
    sold: Callable[[Order], None]

    def table(self) -> dict[tuple[str, str], Callable[..., Answer]]:
        return {
            ("GET", "/health"): self.health,
            ("POST", "/customers"): self.register_customer,
            ("GET", "/customers/<customer_id>"): self.customer,
            ("POST", "/vendors"): self.register_vendor,
            ("GET", "/vendors/<vendor_id>"): self.vendor,
            ("POST", "/inventory"): self.offer_item,
            ("GET", "/inventory/<item_id>"): self.item,
            ("POST", "/cart"): self.replace_cart,
            ("GET", "/cart/<user_id>"): self.cart,
            ("POST", "/checkout"): self.check_out,
            ("GET", "/transactions/<transaction_id>"): self.transaction,
        }

    @property
    def _event(self) -> APIGatewayProxyEventV2:
        return self.app.current_event

    def health(self) -> Answer:
        return {"status": "ok"}, OK

    def register_customer(self) -> Answer:
        new = checked(NewCustomer, json_object(self._event))
        return views.customer(self.market.registry.register_customer(new)), CREATED

    def customer(self, customer_id: str) -> Answer:
        return views.customer(self.market.registry.customer(_id(customer_id))), OK

    def register_vendor(self) -> Answer:
        new = checked(NewVendor, json_object(self._event))
        return views.vendor(self.market.registry.register_vendor(new)), CREATED

    def vendor(self, vendor_id: str) -> Answer:
        return views.vendor(self.market.registry.vendor(_id(vendor_id))), OK

    def offer_item(self) -> Answer:
        query = self._event.query_string_parameters
        values = _without(json_object(self._event), "vendor_id")
        if "vendor_id" in query:
            values["vendor_id"] = query["vendor_id"]
        item = self.market.registry.offer_item(checked(NewItem, values))
        return views.item(item), CREATED

    def item(self, item_id: str) -> Answer:
        return views.item(self.market.registry.item(_id(item_id))), OK

    def replace_cart(self) -> Answer:
        new = checked(NewCart, json_object(self._event))
        return views.cart(self.market.carts.replace(new.user_id, new.lines())), OK

    def cart(self, user_id: str) -> Answer:
        return views.cart(self.market.carts.read(_id(user_id))), OK

    def check_out(self) -> Answer:
        body = _without(json_object(self._event), "Idempotency-Key")
        key = header(self._event, "Idempotency-Key")
        request = checked(CheckoutRequest, {**body, "Idempotency-Key": key})
        done = self.market.checkouts.complete(request.user_id, _keyed(request, body))
        if done.order is not None:
            self.sold(done.order)
        return done.answer, OK

    def transaction(self, transaction_id: str) -> Answer:
        return views.order(self.market.checkouts.order(_uuid(transaction_id))), OK


def _keyed(request: CheckoutRequest, body: dict[str, Any]) -> KeyedRequest | None:
    """`"7"` and `7` are the same user, so the same request; any other difference counts."""
    if request.idempotency_key is None:
        return None
    return KeyedRequest(
        scope=caller_scope(request.user_id),
        key=request.idempotency_key,
        fingerprint=fingerprint("POST /checkout", {**body, "user_id": request.user_id}),
    )


def _id(text: str) -> int:
    return checked(Identified, {"id": text}).id


def _uuid(text: str) -> str:
    """In its canonical form. Nothing else is asked of the table, whose other keys are strings."""
    try:
        canonical = str(UUID(text))
    except ValueError:
        canonical = ""
    if len(text) != UUID_LENGTH or not canonical:
        raise UnknownEntityError([Ref("transaction", text)])
    return canonical


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}
