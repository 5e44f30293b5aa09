"""Teehaus' shop system: what its REST API has, and how it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.api_server import Reply, says

if TYPE_CHECKING:
    from tests.api_server import Asked

TOKEN = "brewed-for-4-minutes"  # noqa: S105  # of nothing
ON_A_PAGE = 2


def product(sku: str, name: str, cents: int, **said: Any) -> dict[str, Any]:
    return {
        "sku": sku,
        "title": {"en": name, "de": f"{name} (Tee)"},
        "pricing": {"cents": cents, "currency": "EUR"},
        "stock": {"on_hand": 12, "reserved": 2},
        "discontinued": False,
        "modified_at": "2026-03-17T10:15:00+01:00",
        **said,
    }


def customer(no: int, name: str, *basket: tuple[str, int, str]) -> dict[str, Any]:
    """A basket has product, pieces and price of each."""
    return {
        "no": no,
        "name": name,
        "mail": f"{no}@example.com",
        "member_since": "2021-01-01",
        "basket": [
            {"pos": pos, "sku": sku, "pieces": pieces, "price": price}
            for pos, (sku, pieces, price) in enumerate(basket, 1)
        ],
    }


@dataclass
class Teehaus:
    products: list[dict[str, Any]] = field(
        default_factory=lambda: [
            product("ASSAM", "Assam, 100 g", 890),
            product("SENCHA", "Sencha, 50 g", 1250),
            product("RED", "Rooibos", 1),
        ]
    )
    customers: list[dict[str, Any]] = field(
        default_factory=lambda: [
            customer(501, "Okafor, Ada", ("ASSAM", 2, "8.90"), ("SENCHA", 1, "12.50")),
            customer(502, "Hopper, Grace", ("RED", 3, "0.01")),
            customer(503, "Kerner, Justinus"),
        ]
    )

    def __call__(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return says({"error": "who are you?"}, 401)
        if asked.path == "/api/v2/products":
            first = ON_A_PAGE * (int(asked.query["page"]) - 1)
            items = self.products[first : first + ON_A_PAGE]
            return says({"data": {"items": items, "total": len(self.products)}})
        first = int(asked.query.get("after", "0"))
        following = first + ON_A_PAGE
        more = str(following) if following < len(self.customers) else None
        return says({"customers": self.customers[first:following], "next": more})
