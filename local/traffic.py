"""The traffic of the platform that this one replaces, over HTTP, from a seed."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import requests
from faker import Faker

from local.logins import ADMIN, Login

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.access import Access

CUSTOMERS, VENDORS, ITEMS_PER_VENDOR = 10, 5, 10
CHECKED_OUT_CARTS, LINES_PER_CART = 2, 2
CATEGORIES = ("1", "Books", "Garden", "Kitchen", "Toys")
BUYERS_AT_ONCE = 2
TIMEOUT_SECONDS = 60


class TrafficError(Exception):
    """The API refused a call that the demo's traffic is sure of."""


@dataclass(frozen=True)
class Call:
    """One HTTP call as its client saw it; `seconds` until the whole answer was there."""

    route: str
    status: int
    seconds: float


@dataclass(frozen=True)
class SoldLine:
    item_id: int
    vendor_id: int
    qty: int
    total: Decimal


@dataclass(frozen=True)
class Checkout:
    """An acknowledged checkout. `answered` is Unix time in seconds."""

    transaction_id: str
    customer_id: int
    lines: tuple[SoldLine, ...]
    answered: float


@dataclass
class Acknowledged:
    """Everything that the API said it has: what must be found in gold and the warehouse."""

    customers: list[int] = field(default_factory=list)
    vendors: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    checkouts: list[Checkout] = field(default_factory=list)
    carts_left: dict[int, int] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    @property
    def lines(self) -> int:
        return sum(len(each.lines) for each in self.checkouts)

    @property
    def units(self) -> int:
        return sum(line.qty for each in self.checkouts for line in each.lines)

    @property
    def money(self) -> Decimal:
        return sum((line.total for each in self.checkouts for line in each.lines), Decimal(0))


@dataclass(frozen=True)
class Item:
    item_id: int
    vendor_id: int
    price: Decimal


class Shoppers:
    """Vendors who list items, customers who fill carts: `scale` times the old platform's day.

    One administrator acts for them all.
    """

    def __init__(self, access: Access, *, seed: int, scale: int) -> None:
        self.api_url = access.api_url
        self.certificate = access.certificate
        self.seed = seed
        self.scale = scale
        self.acknowledged = Acknowledged()
        self.http = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=BUYERS_AT_ONCE)
        self.http.mount("https://", adapter)
        self.http.auth = Login(access, ADMIN)

    def run(self, say: Callable[[str], None]) -> Acknowledged:
        """Sends all traffic; raises TrafficError at the first call that is not acknowledged."""
        fake = Faker()
        fake.seed_instance(self.seed)
        dice = random.Random(self.seed)
        for _ in range(CUSTOMERS * self.scale):
            self._sign_up_customer(fake)
        items: list[Item] = []
        for _ in range(VENDORS * self.scale):
            items += self._open_shop(fake, dice)
            say(f"{len(items)} items")
        seeds = {customer: dice.getrandbits(64) for customer in self.acknowledged.customers}
        with ThreadPoolExecutor(BUYERS_AT_ONCE) as pool:
            for number, _ in enumerate(
                pool.map(lambda each: self._shop(each, seeds[each], items), seeds), start=1
            ):
                say(f"{number} of {len(seeds)} customers have shopped")
        return self.acknowledged

    def _sign_up_customer(self, fake: Faker) -> None:
        profile = {
            "first_name": fake.first_name(),
            "last_name": fake.last_name(),
            "email": fake.unique.email(),
        }
        self.acknowledged.customers.append(self._call("POST", "/customers/", profile)["id"])

    def _open_shop(self, fake: Faker, dice: random.Random) -> list[Item]:
        shop = {"vendor_name": fake.company(), "region": fake.country()}
        vendor: int = self._call("POST", "/vendors/", shop)["id"]
        self.acknowledged.vendors.append(vendor)
        items = []
        for _ in range(ITEMS_PER_VENDOR):
            price = Decimal(dice.randrange(100, 50_000)) / 100
            offer = {
                "item_name": fake.catch_phrase(),
                "category": dice.choice(CATEGORIES),
                "price": str(price),
            }
            made = self._call("POST", f"/inventory/?vendor_id={vendor}", offer)
            self.acknowledged.items.append(made["id"])
            items.append(Item(made["id"], vendor, price))
        return items

    def _shop(self, customer: int, seed: int, items: list[Item]) -> None:
        """Fills two carts and checks them out, fills a third and leaves it."""
        dice = random.Random(seed)
        for _ in range(CHECKED_OUT_CARTS):
            lines = self._fill_cart(customer, dice, items)
            answer = self._call("POST", "/checkout/", {"user_id": customer})
            self.acknowledged.checkouts.append(
                Checkout(answer["transaction_id"], customer, lines, time.time())
            )
        self.acknowledged.carts_left[customer] = len(self._fill_cart(customer, dice, items))

    def _fill_cart(
        self, customer: int, dice: random.Random, items: list[Item]
    ) -> tuple[SoldLine, ...]:
        wanted = [(item, dice.randrange(1, 5)) for item in dice.sample(items, LINES_PER_CART)]
        cart = [
            {
                "item_id": str(item.item_id),
                "vendor_id": str(item.vendor_id),
                "qty": qty,
                "unit_price": str(item.price),
                "total_price": str(qty * item.price),
            }
            for item, qty in wanted
        ]
        self._call("POST", "/cart/", {"user_id": str(customer), "cart": cart})
        return tuple(
            SoldLine(item.item_id, item.vendor_id, qty, qty * item.price) for item, qty in wanted
        )

    def _call(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        began = time.perf_counter()
        answer = self.http.request(
            method,
            self.api_url + path,
            json=body,
            verify=self.certificate,
            timeout=TIMEOUT_SECONDS,
        )
        route = f"{method} {path.partition('?')[0]}"
        self.acknowledged.calls.append(Call(route, answer.status_code, time.perf_counter() - began))
        if not answer.ok:
            raise TrafficError(f"{route} answered {answer.status_code}: {answer.text[:500]}")
        parsed: dict[str, Any] = answer.json()
        return parsed
