"""One exercise per route of the API: what must be there first, and the request that is timed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

PRICE = "19.99"
OK, CREATED, NO_CONTENT = HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT
ANY_STATE = {"If-Match": "*"}


@dataclass(frozen=True)
class Request:
    """`status` is the answer that alone counts as success."""

    method: str
    path: str
    body: Any = None
    status: int = OK
    headers: dict[str, str] = field(default_factory=dict)


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


def _change(path: str, made: Callable[[Scene], Request], body: Any) -> Callable[[Scene], Request]:
    """Changes, by its id, what `made` makes."""
    return lambda scene: Request(
        "PATCH", path.format(scene.made(made(scene))), body, headers=ANY_STATE
    )


def _delete(path: str, made: Callable[[Scene], Request]) -> Callable[[Scene], Request]:
    return lambda scene: Request(
        "DELETE", path.format(scene.made(made(scene))), None, NO_CONTENT, ANY_STATE
    )


def _restore(path: str, made: Callable[[Scene], Request]) -> Callable[[Scene], Request]:
    def restored(scene: Scene) -> Request:
        deletion = _delete(path, made)(scene)
        scene.client.send(deletion)
        return Request("POST", f"{deletion.path}/restore")

    return restored


def _list(path: str, made: Callable[[Scene], Request]) -> Callable[[Scene], Request]:
    """Lists when there is at least what `made` makes."""

    def listed(scene: Scene) -> Request:
        scene.made(made(scene))
        return Request("GET", path)

    return listed


def _offer(scene: Scene) -> Request:
    return scene.offer(scene.made(scene.open_shop()))


def _import(scene: Scene) -> Request:
    vendor_id = scene.made(scene.open_shop())
    rows = [{"item_name": "Lamp", "category": "1", "price": PRICE, "sku": "L1"}]
    path = f"/imports?vendor_id={vendor_id}"
    return Request("POST", path, rows, HTTPStatus.ACCEPTED)


def _read_import(scene: Scene) -> Request:
    begun = scene.client.send(_import(scene))
    return Request("GET", f"/imports/{begun['id']}")


def _read_imports(scene: Scene) -> Request:
    begun = scene.client.send(_import(scene))
    return Request("GET", f"/imports?vendor_id={begun['vendor_id']}")


def _read_cart(scene: Scene) -> Request:
    cart = scene.client.send(scene.fill())
    return Request("GET", f"/cart/{cart['user_id']}")


def _empty_cart(scene: Scene) -> Request:
    return Request("DELETE", _read_cart(scene).path, None, NO_CONTENT)


def _read_items(scene: Scene) -> Request:
    vendor_id = scene.made(scene.open_shop())
    scene.made(scene.offer(vendor_id))
    return Request("GET", f"/vendors/{vendor_id}/items")


def _read_orders(scene: Scene) -> Request:
    checkout = scene.check_out()
    scene.client.send(checkout)
    return Request("GET", f"/customers/{checkout.body['user_id']}/transactions")


def _read_order(scene: Scene) -> Request:
    done = scene.client.send(scene.check_out())
    return Request("GET", f"/transactions/{done['transaction_id']}")


EXERCISES: dict[tuple[str, str], Callable[[Scene], Request]] = {
    ("GET", "/health"): lambda _: Request("GET", "/health"),
    ("GET", "/customers"): _list("/customers?first_name=ada", Scene.sign_up),
    ("POST", "/customers"): Scene.sign_up,
    ("GET", "/customers/<customer_id>"): _get("/customers/{}", Scene.sign_up),
    ("PATCH", "/customers/<customer_id>"): _change(
        "/customers/{}", Scene.sign_up, {"last_name": "Lovelace"}
    ),
    ("DELETE", "/customers/<customer_id>"): _delete("/customers/{}", Scene.sign_up),
    ("POST", "/customers/<customer_id>/restore"): _restore("/customers/{}", Scene.sign_up),
    ("GET", "/customers/<customer_id>/transactions"): _read_orders,
    ("GET", "/vendors"): _list("/vendors?vendor_name=samn", Scene.open_shop),
    ("POST", "/vendors"): Scene.open_shop,
    ("GET", "/vendors/<vendor_id>"): _get("/vendors/{}", Scene.open_shop),
    ("PATCH", "/vendors/<vendor_id>"): _change("/vendors/{}", Scene.open_shop, {"region": "South"}),
    ("DELETE", "/vendors/<vendor_id>"): _delete("/vendors/{}", Scene.open_shop),
    ("POST", "/vendors/<vendor_id>/restore"): _restore("/vendors/{}", Scene.open_shop),
    ("GET", "/vendors/<vendor_id>/items"): _read_items,
    ("GET", "/inventory"): _list("/inventory?item_name=lamp", _offer),
    ("POST", "/inventory"): _offer,
    ("GET", "/imports"): _read_imports,
    ("POST", "/imports"): _import,
    ("GET", "/imports/<import_id>"): _read_import,
    ("GET", "/inventory/<item_id>"): _get("/inventory/{}", _offer),
    ("PATCH", "/inventory/<item_id>"): _change("/inventory/{}", _offer, {"price": "20.00"}),
    ("DELETE", "/inventory/<item_id>"): _delete("/inventory/{}", _offer),
    ("POST", "/inventory/<item_id>/restore"): _restore("/inventory/{}", _offer),
    ("GET", "/inventory/<item_id>/stock"): _get("/inventory/{}/stock", _offer),
    ("PATCH", "/inventory/<item_id>/stock"): _change("/inventory/{}/stock", _offer, {"change": 10}),
    ("POST", "/cart"): Scene.fill,
    ("GET", "/cart/<user_id>"): _read_cart,
    ("DELETE", "/cart/<user_id>"): _empty_cart,
    ("POST", "/checkout"): Scene.check_out,
    ("GET", "/transactions/<transaction_id>"): _read_order,
}
"""By method and rule, as the route table has them; a test compares the two."""
