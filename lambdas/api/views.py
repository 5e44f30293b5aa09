"""Entities as the API shows them: ids as integers, money as decimal strings."""

from dataclasses import asdict
from decimal import Decimal
from typing import Generic, Self, TypeVar

from pydantic import BaseModel

from lambdas.api.entities import Cart, Customer, Item, Order, Vendor
from lambdas.api.imports import Import


class HealthView(BaseModel):
    status: str = "ok"


class CustomerView(BaseModel):
    id: int
    first_name: str
    last_name: str
    email: str
    joined_at: str

    @classmethod
    def of(cls, entity: Customer) -> Self:
        return cls(
            id=entity.customer_id,
            first_name=entity.first_name,
            last_name=entity.last_name,
            email=entity.email,
            joined_at=entity.joined_at,
        )


class VendorView(BaseModel):
    id: int
    vendor_name: str
    region: str
    joined_at: str

    @classmethod
    def of(cls, entity: Vendor) -> Self:
        return cls(
            id=entity.vendor_id,
            vendor_name=entity.vendor_name,
            region=entity.region,
            joined_at=entity.joined_at,
        )


class ItemView(BaseModel):
    """`stock` is null if it is not tracked."""

    id: int
    vendor_id: int
    item_name: str
    category: int
    price: Decimal
    stock: int | None
    sku: str | None
    updated_at: str

    @classmethod
    def of(cls, entity: Item) -> Self:
        return cls(
            id=entity.item_id,
            vendor_id=entity.vendor_id,
            item_name=entity.item_name,
            category=entity.category,
            price=entity.price,
            stock=entity.stock,
            sku=entity.sku,
            updated_at=entity.updated_at,
        )


class StockView(BaseModel):
    """`stock` is null if it is not tracked."""

    id: int
    stock: int | None

    @classmethod
    def of(cls, entity: Item) -> Self:
        return cls(id=entity.item_id, stock=entity.stock)


class CartLineView(BaseModel):
    item_id: int
    vendor_id: int
    qty: int
    unit_price: Decimal
    total_price: Decimal


class CartView(BaseModel):
    user_id: int
    cart: list[CartLineView]

    @classmethod
    def of(cls, entity: Cart) -> Self:
        lines = [CartLineView(**asdict(line)) for line in entity.lines]
        return cls(user_id=entity.customer_id, cart=lines)


class CheckoutView(BaseModel):
    message: str
    transaction_id: str


class OrderLineView(BaseModel):
    line_no: int
    item_id: int
    vendor_id: int
    category_id: int
    qty: int
    unit_price: Decimal
    total_price: Decimal


class OrderView(BaseModel):
    transaction_id: str
    user_id: int
    sold_at: str
    total_price: Decimal
    lines: list[OrderLineView]

    @classmethod
    def of(cls, entity: Order) -> Self:
        return cls(
            transaction_id=entity.transaction_id,
            user_id=entity.customer_id,
            sold_at=entity.sold_at,
            total_price=entity.total_price,
            lines=[OrderLineView(**asdict(line)) for line in entity.lines],
        )


View = TypeVar("View", bound=BaseModel)


class PageView(BaseModel, Generic[View]):
    """`next` is the cursor of the next page, null at the end.

    A page may hold fewer than asked for, even none, and still have a next one.
    """

    results: list[View]
    next: str | None


class ComplaintView(BaseModel):
    """`field` is `row` if it is about the row as a whole."""

    field: str
    message: str


class RejectionView(BaseModel):
    """A row that was not taken in, by its first line in the file; `original` may be cut."""

    line: int
    row: int
    code: str
    errors: list[ComplaintView]
    original: str


class ImportView(BaseModel):
    """`rows` is null until the file has been read; `done` of them have been dealt with.

    `rejections` are the first of the `rejected`; `problem` says why nothing could be taken in.
    """

    id: str
    vendor_id: int
    state: str
    format: str
    received_at: str
    updated_at: str
    finished_at: str | None
    problem: str | None
    rows: int | None
    done: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    rejections: list[RejectionView]
    ignored_columns: list[str]

    @classmethod
    def of(cls, entity: Import) -> Self:
        return cls(
            id=str(entity.id),
            vendor_id=entity.id.vendor_id,
            state=entity.state.value,
            format=entity.format,
            received_at=entity.received_at,
            updated_at=entity.updated_at,
            finished_at=entity.finished_at,
            problem=entity.problem,
            rows=entity.rows,
            done=entity.position,
            created=entity.created,
            updated=entity.updated,
            unchanged=entity.unchanged,
            rejected=entity.rejected,
            rejections=[RejectionView(**each) for each in entity.rejections],
            ignored_columns=list(entity.ignored),
        )
