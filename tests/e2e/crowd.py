"""Customers who shop while things go wrong, and who try again until the API has said yes."""

from __future__ import annotations

import random
import time
import uuid
from typing import TYPE_CHECKING, Any

import requests

from local.logins import ADMIN, Login
from local.traffic import Checkout, SoldLine, TrafficError

if TYPE_CHECKING:
    import threading

    from local.access import Access
    from local.traffic import Acknowledged

PAUSE_SECONDS = 0.3
TIMEOUT_SECONDS = 60
MOST_ITEMS = 3


class Crowd:
    """Each round, one customer replaces the cart and checks it out, under a key of its own.

    What is bought is what somebody bought before; `acknowledged` grows.
    """

    def __init__(self, access: Access, acknowledged: Acknowledged, seed: int) -> None:
        self.access = access
        self.login = Login(access, ADMIN)
        self.acknowledged = acknowledged
        sold = [line for each in acknowledged.checkouts for line in each.lines]
        self.offers = list({line.item_id: line for line in sold}.values())
        self.dice = random.Random(seed)
        self.again = 0
        self.errors: list[float] = []
        """When the API answered with an error of its own."""
        self.checkouts = 0

    def shop(self, stop: threading.Event) -> None:
        customer = self.dice.choice(self.acknowledged.customers)
        lines = self._lines()
        cart = [_cart_line(line) for line in lines]
        self._send("/cart/", {"user_id": customer, "cart": cart})
        answer = self._send("/checkout/", {"user_id": customer}, key=str(uuid.uuid4()))
        checkout = Checkout(answer["transaction_id"], customer, lines, time.time())
        self.acknowledged.checkouts.append(checkout)
        self.acknowledged.carts_left[customer] = 0
        self.checkouts += 1
        stop.wait(PAUSE_SECONDS)

    def _lines(self) -> tuple[SoldLine, ...]:
        chosen = self.dice.sample(self.offers, self.dice.randrange(1, MOST_ITEMS + 1))
        return tuple(self._line(offer) for offer in chosen)

    def _line(self, offer: SoldLine) -> SoldLine:
        qty = self.dice.randrange(1, 5)
        return SoldLine(offer.item_id, offer.vendor_id, qty, offer.total / offer.qty * qty)

    def _send(self, path: str, body: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        """Until it is answered; what the API refuses for good is an error."""
        while True:
            try:
                answer = requests.post(
                    self.access.api_url + path,
                    json=body,
                    headers={"Idempotency-Key": key} if key else {},
                    auth=self.login,
                    verify=self.access.certificate,
                    timeout=TIMEOUT_SECONDS,
                )
            except requests.RequestException:
                self._wait()
                continue
            if answer.ok:
                parsed: dict[str, Any] = answer.json()
                return parsed
            if answer.status_code < requests.codes.server_error:
                raise TrafficError(f"{path} answered {answer.status_code}: {answer.text[:500]}")
            self.errors.append(time.time())
            self._wait()

    def _wait(self) -> None:
        self.again += 1
        time.sleep(PAUSE_SECONDS)


def _cart_line(line: SoldLine) -> dict[str, Any]:
    return {
        "item_id": line.item_id,
        "vendor_id": line.vendor_id,
        "qty": line.qty,
        "unit_price": str(line.total / line.qty),
        "total_price": str(line.total),
    }
