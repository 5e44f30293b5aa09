"""What the use cases need of the operational table; a fake holds to it in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.api.entities import (
        Cart,
        Category,
        Change,
        Claim,
        Customer,
        Item,
        Order,
        Profile,
        Ref,
        Sale,
        Vendor,
    )
    from lambdas.api.listing import Listing, Position, Slice


class OperationalTable(Protocol):
    """Reads are strongly consistent, but for what a list holds, which lags behind by moments.

    Every method raises ContentionError if the table is busy.
    """

    def next_id(self, counter: str, after: int = 0) -> int:
        """The counter's next integer, the first being `after` + 1. Gaps happen."""
        ...

    def add_customer(self, customer: Customer, login: str | None = None) -> None:
        """With the login whose own it becomes, if any.

        Raises EmailTakenError, and AlreadyRegisteredError for a login that has a customer.
        """
        ...

    def add_vendor(self, vendor: Vendor, login: str | None = None) -> None:
        """Raises AlreadyRegisteredError for a login that has a vendor."""
        ...

    def linked(self, role: str, login: str) -> int | None:
        """The id of the customer or vendor (`role`) that a login registered."""
        ...

    def add_item(self, item: Item) -> None:
        """Raises SkuTakenError."""
        ...

    def add_category(self, category: Category) -> None:
        """Raises StaleStateError if the name or the id is in use by now."""
        ...

    def change(self, change: Change) -> None:
        """Writes all of it or nothing. An old e-mail address is free from then on.

        Raises StaleStateError unless what the change is based on is still there, EmailTakenError
        if only a new address is in the way.
        """
        ...

    def set_stock(self, before: Item, stock: int | None) -> None:
        """Raises StaleStateError if the stock has moved since, or the item is deleted."""
        ...

    def customer(self, customer_id: int) -> Customer | None: ...

    def vendor(self, vendor_id: int) -> Vendor | None: ...

    def item(self, item_id: int) -> Item | None: ...

    def category(self, category_id: int) -> Category | None: ...

    def category_id(self, name: str) -> int | None:
        """The id of the category of that name, in any case of letters."""
        ...

    def customer_of(self, email: str) -> Customer | None:
        """Who has the address, in any case of letters; deleted or not."""
        ...

    def found(self, refs: Iterable[Ref]) -> dict[Ref, Profile]:
        """Those of the entities that exist and are not deleted."""
        ...

    def slice(self, listing: Listing, limit: int, after: Position | None) -> Slice:
        """At most `limit` entries of a list from behind a position, without those deleted."""
        ...

    def missing(self, refs: Iterable[Ref]) -> list[Ref]:
        """Those of the entities that do not exist or are deleted, in the order given."""
        ...

    def cart(self, customer_id: int) -> Cart | None: ...

    def put_cart(self, cart: Cart) -> None:
        """Writes `cart.rev`; raises StaleStateError unless the one before is still there."""
        ...

    def claim(self, scope: str, key: str) -> Claim | None:
        """An idempotency key's record, expired or not."""
        ...

    def place(self, sale: Sale) -> None:
        """Order, stock, emptied cart and key in one transaction, or StaleStateError and nothing."""
        ...

    def order(self, transaction_id: str) -> Order | None: ...
