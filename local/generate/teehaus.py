"""Teehaus' shop system: what its REST API has on a day, and how it answers, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from local.generate.shops import Row
    from local.generate.world import World

TOKEN = "brewed-for-4-minutes"  # noqa: S105  # of nothing
BASE = "/api/v2"
PRODUCTS, CUSTOMERS = "products.json", "customers.json"
MOST = 100
"""Records on a page, whatever is asked for."""
BERLIN = ZoneInfo("Europe/Berlin")
Record = dict[str, Any]


def product(row: Row) -> Record:
    name = row["title"]
    return {
        "sku": f"T-{row['n']}",
        "title": {} if name is None else {"en": name, "de": f"{name} (Tee)"},
        "pricing": {"cents": row["cents"], "currency": "EUR"},
        "stock": {"on_hand": 12, "reserved": 2},
        "discontinued": row["discontinued"],
        "modified_at": row["modified_at"].replace(tzinfo=UTC).astimezone(BERLIN).isoformat(),
    }


def customer(row: Row) -> Record:
    return {
        "no": row["n"],
        "name": f"{row['last_name']}, {row['first_name']}",
        "mail": row["mail"],
        "member_since": str(row["member_since"].date()),
        "newsletter": row["day"] > 1,
        "basket": [
            {
                "pos": each["pos"],
                "sku": f"T-{each['item']}",
                "pieces": each["pieces"],
                "price": f"{each['cents'] / 100:.2f}",
            }
            for each in row["basket"]
        ],
    }


def write_api(world: World, day: int, folder: Path) -> None:
    """Its lists, each whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, query, record in (
        (PRODUCTS, "products", product),
        (CUSTOMERS, "tea_drinkers", customer),
    ):
        records = [record(row) for row in world.rows(query, day=day)]
        text = json.dumps(records, ensure_ascii=False, indent=1)
        (folder / name).write_text(f"{text}\n", encoding="utf-8")


@dataclass
class Teehaus:
    """`most` are the records on a page."""

    products: list[Record]
    customers: list[Record]
    most: int = MOST

    @classmethod
    def read(cls, folder: Path, most: int = MOST) -> Self:
        """As `write_api` wrote it. Raises OSError."""
        products, customers = (
            json.loads((folder / name).read_text(encoding="utf-8"))
            for name in (PRODUCTS, CUSTOMERS)
        )
        return cls(products, customers, most)

    def answer(
        self, path: str, query: Mapping[str, str], authorization: str | None
    ) -> tuple[int, Any]:
        """Status and what is said, as JSON has it."""
        if authorization != f"Bearer {TOKEN}":
            return 401, {"error": "who are you?"}
        try:
            match path.removeprefix(BASE):
                case "/products":
                    return 200, self._numbered(int(query.get("page", "1")), query)
                case "/customers":
                    return 200, self._behind(int(query.get("after", "0")))
        except ValueError:
            return 400, {"error": "which page?"}
        return 404, {"error": "there is no such thing"}

    def _numbered(self, page: int, query: Mapping[str, str]) -> Record:
        size = min(int(query.get("per_page", self.most)), self.most)
        first = size * (page - 1)
        items = self.products[first : first + size]
        return {"data": {"items": items, "total": len(self.products)}}

    def _behind(self, first: int) -> Record:
        following = first + self.most
        more = str(following) if following < len(self.customers) else None
        return {"customers": self.customers[first:following], "next": more}
