"""What can be listed, in which order, and which entities belong where."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.api.entities import Item, Order, Profile
from lambdas.contracts.operational import BY_CATEGORY, BY_CUSTOMER, BY_NAME, BY_VENDOR

if TYPE_CHECKING:
    from lambdas.contracts.operational import Index

Listed = Profile | Order

LONGEST_FOLDED = 900
"""Bytes; a sort key holds 1024, and an id and what stands before it need twenty."""
BEFORE_ID = "\x1f"
"""Sorts below all that a name may hold, so "Lamp" comes before "Lamp 2"."""
ID_DIGITS = 19


@dataclass(frozen=True)
class Listing:
    """One list: entities of one partition of an index, in the order of its sort attribute.

    `prefix` is folded, as a whole; `newest_first` turns the order round.
    """

    entity: str
    index: Index
    partition: str | int
    prefix: str = ""
    newest_first: bool = False

    @classmethod
    def by_name(cls, entity: str, prefix: str | None) -> Listing:
        """Customers by first name, vendors and items by name: all that begin so."""
        return cls(entity, BY_NAME, entity, folded(prefix or ""))

    @classmethod
    def by_vendor(cls, vendor_id: int, prefix: str | None) -> Listing:
        return cls("item", BY_VENDOR, vendor_id, folded(prefix or ""))

    @classmethod
    def by_category(cls, category_id: int, prefix: str | None) -> Listing:
        return cls("item", BY_CATEGORY, category_id, folded(prefix or ""))

    @classmethod
    def by_customer(cls, customer_id: int) -> Listing:
        return cls("transaction", BY_CUSTOMER, customer_id, newest_first=True)

    @property
    def sort_prefix(self) -> str:
        """What all sort keys of the list begin with; keys hold no more of long names."""
        return _cut(self.prefix)

    def holds(self, entity: Listed, sort: str) -> bool:
        """Whether the entity, as it is now, belongs where the index has it: indexes lag."""
        if isinstance(entity, Order):
            return True
        if entity.deleted or name_key(entity) != sort:
            return False
        if self.index is BY_CATEGORY:
            return isinstance(entity, Item) and entity.category == self.partition
        return folded(entity.name).startswith(self.prefix)


@dataclass(frozen=True)
class Position:
    """A place in a list: the sort attribute there and the entity's id."""

    sort: str
    id: str


@dataclass(frozen=True)
class Slice:
    """What a list has from some position on; `more` if it goes on behind the last of `entries`.

    An entry is None where the index has an entity that the table has not.
    """

    entries: list[tuple[Position, Listed | None]]
    more: bool


def name_key(entity: Profile) -> str:
    """The folded name, then the id, which orders entities of one name."""
    return f"{_cut(folded(entity.name))}{BEFORE_ID}{entity.ref.id:0{ID_DIGITS}d}"


def folded(name: str) -> str:
    """Equal for names that differ in case, width or composition of letters only.

    Decomposed (NFKD), not composed: so "e" begins "é", and what begins a name still does so
    folded, unless it ends between two marks of one letter.
    """
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())


def _cut(text: str) -> str:
    return text.encode()[:LONGEST_FOLDED].decode(errors="ignore")
