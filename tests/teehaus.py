"""Teehaus' shop system, with little in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.generate import teehaus
from local.generate.teehaus import TOKEN
from tests.api_server import Reply, says

if TYPE_CHECKING:
    from tests.api_server import Asked

__all__ = ["ON_A_PAGE", "TOKEN", "Teehaus", "customer", "product"]
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


def products() -> list[dict[str, Any]]:
    return [
        product("ASSAM", "Assam, 100 g", 890),
        product("SENCHA", "Sencha, 50 g", 1250),
        product("RED", "Rooibos", 1),
    ]


def customers() -> list[dict[str, Any]]:
    return [
        customer(501, "Okafor, Ada", ("ASSAM", 2, "8.90"), ("SENCHA", 1, "12.50")),
        customer(502, "Hopper, Grace", ("RED", 3, "0.01")),
        customer(503, "Kerner, Justinus"),
    ]


@dataclass
class Teehaus(teehaus.Teehaus):
    products: list[dict[str, Any]] = field(default_factory=products)
    customers: list[dict[str, Any]] = field(default_factory=customers)
    most: int = ON_A_PAGE

    def __call__(self, asked: Asked) -> Reply:
        status, said = self.answer(asked.path, asked.query, asked.headers.get("authorization"))
        return says(said, status)
