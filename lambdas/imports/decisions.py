"""What becomes of an offer, given what the table holds. Pure: deciding again decides the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from lambdas.api.registry import Place, item_of
from lambdas.imports.rows import Reason, Rejection

if TYPE_CHECKING:
    from lambdas.api.entities import Item
    from lambdas.api.models import NewItem


class Outcome(Enum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Wish:
    """An offer ready to be written. `place` holds the id that the row has if it makes an item.

    `mark` names this row of this import, and no other.
    """

    new: NewItem
    place: Place
    mark: str


@dataclass(frozen=True)
class Owner:
    """Whose a SKU is, and which row of an import changed that item last."""

    item_id: int
    mark: str = ""


@dataclass(frozen=True)
class Known:
    """What the table holds of the wishes' SKUs and ids; deleted items, too."""

    owners: dict[str, Owner]
    items: dict[int, Item]


@dataclass(frozen=True)
class Creation:
    item: Item


@dataclass(frozen=True)
class Update:
    """`mark` is left on the SKU, so that the row is known to be done when it comes again."""

    before: Item
    after: Item
    mark: str


@dataclass(frozen=True)
class Decision:
    outcome: Outcome | Rejection
    write: Creation | Update | None = None


def decide(wish: Wish, known: Known, now: str) -> Decision:
    """An item under the row's own id was made by this row: nobody else has that id."""
    sku = wish.new.sku
    owner = known.owners.get(sku) if sku is not None else None
    if wish.place.item_id in known.items:
        return Decision(Outcome.CREATED)
    if owner is None:
        return Decision(Outcome.CREATED, Creation(item_of(wish.new, wish.place, now)))
    if owner.mark == wish.mark:
        return Decision(Outcome.UPDATED)
    before = known.items[owner.item_id]
    if before.deleted:
        message = f"belongs to item {before.item_id}, which is marked deleted: restore it first"
        return Decision(Rejection.of(Reason.DELETED_ITEM, "sku", message))
    after = _offered_anew(before, wish, now)
    if after == before:
        return Decision(Outcome.UNCHANGED)
    return Decision(Outcome.UPDATED, Update(before, after, wish.mark))


def _offered_anew(before: Item, wish: Wish, now: str) -> Item:
    """Stock is set if the row has any; a row without leaves it as it is."""
    new = wish.new
    after = replace(
        before, item_name=new.item_name, category=wish.place.category_id, price=new.price
    )
    if after != before:
        after = replace(after, updated_at=now, rev=before.rev + 1)
    if new.stock is not None and new.stock != before.stock:
        after = replace(after, stock=new.stock, moves=before.moves + 1)
    return after
