"""Which contract an item of the API's table follows, by its attribute `entity`.

The mapping itself, from the item's attributes to the contract's columns, is
`sql/clean/<entity>.sql`.
"""

from __future__ import annotations

from lambdas.clean.judging import Mapped
from lambdas.clean.rules import BY_REV
from lambdas.contracts import BY_ENTITY, GENERAL_CATEGORY_ID, MAX_CART_LINES, Contract
from lambdas.engine import statement

CONTRACT_OF: dict[str, Contract] = {
    "customer": BY_ENTITY["customer"],
    "vendor": BY_ENTITY["vendor"],
    "item": BY_ENTITY["item"],
    "category": BY_ENTITY["category"],
    "cart": BY_ENTITY["cart"],
    "transaction": BY_ENTITY["transaction_line"],
}

SETTINGS = {
    "most_lines": str(MAX_CART_LINES),
    "general_category": str(GENERAL_CATEGORY_ID),
}
"""What the mappings take from the contracts."""


def mapped(entity: str) -> Mapped:
    """How records of the API's entity become rows of its contract."""
    return Mapped(CONTRACT_OF[entity], statement(f"clean/{entity}", **SETTINGS), BY_REV)
