"""One exercise per route of the API: what must be there first, and the request that is timed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lambdas.api.routes import CREATED, OK

if TYPE_CHECKING:
    from collections.abc import Callable

PRICE = "19.99"


@dataclass(frozen=True)
class Request:
    """`status` is the answer that alone counts as success."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    status: int = OK


class Client(Protocol):
    """Sends a request and raises BenchmarkError unless it is answered as it should be."""

    def send(self, request: Request) -> dict[str, Any]: ...


class BenchmarkError(Exception):
    """The API did not answer as the exercise needs; the message quotes it."""


class Scene:
    """Customers, vendors and items to exercise with; every call makes fresh ones."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def sign_up(self) -> Request:
        profile = {
            "first_name": "Ada",
            "last_name": "Li",
            "email": f"{uuid.uuid4()}@b.example",
        }
        return Request("POST", "/customers/", profile, CREATED)

    def open_shop(self) -> Request:
        return Request("POST", "/vendors/", {"vendor_name": "Samn", "region": "North"}, CREATED)

    def offer(self, vendor_id: int) -> Request:
        item = {"item_name": "Lamp", "category": "1", "price": PRICE, "stock": 1000}
        return Request("POST", f"/inventory/?vendor_id={vendor_id}", item, CREATED)

    def fill(self, lines: int = 2) -> Request:
        vendor_id = self.made(self.open_shop())
        items = [self.made(self.offer(vendor_id)) for _ in range(lines)]
        cart = [
            {
                "item_id": each,
                "vendor_id": vendor_id,
                "qty": 1,
                "unit_price": PRICE,
                "total_price": PRICE,
            }
            for each in items
        ]
        return Request("POST", "/cart/", {"user_id": self.made(self.sign_up()), "cart": cart})

    def check_out(self) -> Request:
        cart = self.client.send(self.fill())
        return Request("POST", "/checkout/", {"user_id": cart["user_id"]})

    def made(self, request: Request) -> int:
        number: int = self.client.send(request)["id"]
        return number


def _get(path: str, made: Callable[[Scene], Request]) -> Callable[[Scene], Request]:
    """Reads, by its id, what `made` makes."""
    return lambda scene: Request("GET", path.format(scene.made(made(scene))))


def _offer(scene: Scene) -> Request:
    return scene.offer(scene.made(scene.open_shop()))


def _read_cart(scene: Scene) -> Request:
    cart = scene.client.send(scene.fill())
    return Request("GET", f"/cart/{cart['user_id']}")


def _read_order(scene: Scene) -> Request:
    done = scene.client.send(scene.check_out())
    return Request("GET", f"/transactions/{done['transaction_id']}")


EXERCISES: dict[tuple[str, str], Callable[[Scene], Request]] = {
    ("GET", "/health"): lambda _: Request("GET", "/health"),
    ("POST", "/customers"): Scene.sign_up,
    ("GET", "/customers/<customer_id>"): _get("/customers/{}", Scene.sign_up),
    ("POST", "/vendors"): Scene.open_shop,
    ("GET", "/vendors/<vendor_id>"): _get("/vendors/{}", Scene.open_shop),
    ("POST", "/inventory"): _offer,
    ("GET", "/inventory/<item_id>"): _get("/inventory/{}", _offer),
    ("POST", "/cart"): Scene.fill,
    ("GET", "/cart/<user_id>"): _read_cart,
    ("POST", "/checkout"): Scene.check_out,
    ("GET", "/transactions/<transaction_id>"): _read_order,
}
"""By method and rule, as the route table has them; a test compares the two."""
