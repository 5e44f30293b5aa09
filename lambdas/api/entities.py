"""The marketplace's entities as the API knows them. Money is Decimal with two places.

A `tag` names a state: of one entity, equal tags are equal states.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

CENT = Decimal("0.01")
MOST_PIECES = 2**31 - 1
"""Of one item in stock."""


def money(amount: Decimal | int) -> Decimal:
    """The amount with exactly two places; zero without a sign."""
    return Decimal(amount).quantize(CENT) + 0


class Ref(NamedTuple):
    """Names one entity: `Ref("item", 7)`. A transaction's id is a string, all others integers."""

    entity: str
    id: int | str


@dataclass(frozen=True, kw_only=True)
class Customer:
    customer_id: int
    first_name: str
    last_name: str
    email: str
    joined_at: str
    rev: int = 1
    deleted: bool = False

    @property
    def ref(self) -> Ref:
        return Ref("customer", self.customer_id)

    @property
    def name(self) -> str:
        """By which it is found in lists."""
        return self.first_name

    @property
    def tag(self) -> str:
        return str(self.rev)


@dataclass(frozen=True, kw_only=True)
class Vendor:
    vendor_id: int
    vendor_name: str
    region: str
    joined_at: str
    rev: int = 1
    deleted: bool = False

    @property
    def ref(self) -> Ref:
        return Ref("vendor", self.vendor_id)

    @property
    def name(self) -> str:
        return self.vendor_name

    @property
    def tag(self) -> str:
        return str(self.rev)


@dataclass(frozen=True, kw_only=True)
class Category:
    category_id: int
    category_name: str
    rev: int = 1
    deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class Item:
    """`stock` is None if it is not tracked. Changing it raises `moves`, never `rev`.

    `sku` is the vendor's own name of the item, unique among the vendor's items, and never changes.
    """

    item_id: int
    vendor_id: int
    item_name: str
    category: int
    price: Decimal
    updated_at: str
    stock: int | None = None
    sku: str | None = None
    moves: int = 0
    rev: int = 1
    deleted: bool = False

    @property
    def ref(self) -> Ref:
        return Ref("item", self.item_id)

    @property
    def name(self) -> str:
        return self.item_name

    @property
    def tag(self) -> str:
        """In two parts: of its profile, and of its stock, which buyers change all the time."""
        return f"{self.rev}.{self.moves}"


@dataclass(frozen=True, kw_only=True)
class CartLine:
    line_no: int
    item_id: int
    vendor_id: int
    qty: int
    unit_price: Decimal
    total_price: Decimal


@dataclass(frozen=True, kw_only=True)
class Cart:
    """`lines_ever` is the most lines that this cart ever had: the pipeline buries the rest."""

    customer_id: int
    rev: int
    lines: tuple[CartLine, ...]
    lines_ever: int
    updated_at: str

    @classmethod
    def never_written(cls, customer_id: int) -> Cart:
        return cls(customer_id=customer_id, rev=0, lines=(), lines_ever=0, updated_at="")

    @property
    def tag(self) -> str:
        return str(self.rev)

    def replaced_by(self, lines: tuple[CartLine, ...], updated_at: str) -> Cart:
        return Cart(
            customer_id=self.customer_id,
            rev=self.rev + 1,
            lines=lines,
            lines_ever=max(self.lines_ever, len(lines)),
            updated_at=updated_at,
        )


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """A cart's line as sold; it holds all that a fact needs, so nothing has to be looked up."""

    line_no: int
    item_id: int
    vendor_id: int
    category_id: int
    qty: int
    unit_price: Decimal
    total_price: Decimal


@dataclass(frozen=True, kw_only=True)
class Order:
    transaction_id: str
    customer_id: int
    sold_at: str
    lines: tuple[OrderLine, ...]
    rev: int = 1

    @property
    def tag(self) -> str:
        return str(self.rev)

    @property
    def total_price(self) -> Decimal:
        return sum((line.total_price for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, kw_only=True)
class Claim:
    """An idempotency key in use: which request claimed it, the answer it got, until when.

    `expires_at` is in epoch seconds. The claim counts as absent from then on: DynamoDB's TTL
    removes it up to days later.
    """

    scope: str
    key: str
    fingerprint: str
    answer: dict[str, str]
    expires_at: int


@dataclass(frozen=True, kw_only=True)
class Sale:
    """One checkout, ready to be written: all of it or nothing.

    `cart` and `items` are what the order was made from; the write holds only if they are still
    so. `price_enforced` says whether the items' prices must be, too.
    """

    order: Order
    cart: Cart
    items: dict[int, Item]
    claim: Claim | None
    now: int
    price_enforced: bool


Profile = Customer | Vendor | Item
"""What has a profile that changes, and can be marked deleted."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A profile's next state, to be written over the one before if that is still current.

    `emptied` is the cart that goes with it. `now` is in epoch seconds.
    """

    before: Profile
    after: Profile
    now: int
    emptied: Cart | None = None
