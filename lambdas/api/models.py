"""What each request must look like. Limits come from the contract; unknown fields are ignored."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
)

from lambdas.api.entities import CartLine
from lambdas.api.fields import LARGEST, email_address, follows, integer, text, violation
from lambdas.contracts import MAX_CART_LINES, ColumnType
from lambdas.contracts.marketplace import CART, CATEGORY, CUSTOMER, ITEM, VENDOR

CATEGORY_ID = re.compile(r"[0-9]+")
IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,255}")


class NewCustomer(BaseModel):
    first_name: Annotated[str, follows(CUSTOMER, "first_name")]
    last_name: Annotated[str, follows(CUSTOMER, "last_name")]
    email: Annotated[str, follows(CUSTOMER, "email"), AfterValidator(email_address)]


class NewVendor(BaseModel):
    vendor_name: Annotated[str, follows(VENDOR, "vendor_name")]
    region: Annotated[str, follows(VENDOR, "region")]


def category_choice(value: Any) -> int | str:
    """A category's id, also as a digit string; any other string is a category's name."""
    is_name = isinstance(value, str) and not CATEGORY_ID.fullmatch(value.strip())
    if is_name:
        return text(value, CATEGORY.column("category_name").max_bytes)
    value = value.strip() if isinstance(value, str) else value
    return integer(value, 1, LARGEST[ColumnType.BIGINT])


def pieces_in_stock(value: Any) -> int | None:
    return None if value is None else integer(value, 0, LARGEST[ColumnType.INTEGER])


class NewItem(BaseModel):
    """`vendor_id` comes from the query string. Without `stock`, pieces are not counted."""

    vendor_id: Annotated[int, follows(ITEM, "vendor_id")]
    item_name: Annotated[str, follows(ITEM, "item_name")]
    category: Annotated[int | str, PlainValidator(category_choice)]
    price: Annotated[Decimal, follows(ITEM, "price")]
    stock: Annotated[int | None, PlainValidator(pieces_in_stock)] = None


class NewCartLine(BaseModel):
    item_id: Annotated[int, follows(CART, "item_id")]
    vendor_id: Annotated[int, follows(CART, "vendor_id")]
    qty: Annotated[int, follows(CART, "qty")]
    unit_price: Annotated[Decimal, follows(CART, "unit_price")]
    total_price: Annotated[Decimal, follows(CART, "total_price")]

    @field_validator("total_price")
    @classmethod
    def total_is_exact(cls, total_price: Decimal, info: ValidationInfo) -> Decimal:
        known = info.data
        if "qty" in known and "unit_price" in known:
            exact = known["qty"] * known["unit_price"]
            if total_price != exact:
                raise violation(f"must be qty x unit_price = {exact}")
        return total_price


def _at_most_a_cart(lines: Any) -> Any:
    """Checked before the lines are: a list of thousands is refused at once."""
    if isinstance(lines, list) and len(lines) > MAX_CART_LINES:
        raise violation(f"must be at most {MAX_CART_LINES} lines")
    return lines


class NewCart(BaseModel):
    user_id: Annotated[int, follows(CART, "customer_id")]
    cart: Annotated[list[NewCartLine], BeforeValidator(_at_most_a_cart)]

    def lines(self) -> tuple[CartLine, ...]:
        return tuple(
            CartLine(line_no=line_no, **line.model_dump())
            for line_no, line in enumerate(self.cart, start=1)
        )


def printable_key(value: Any) -> str | None:
    if value is not None and not IDEMPOTENCY_KEY.fullmatch(value):
        raise violation("must be 1 to 255 printable ASCII characters")
    return value  # type: ignore[no-any-return]  # a header is a string or absent


class CheckoutRequest(BaseModel):
    """`idempotency_key` comes from the header, whatever the body says."""

    user_id: Annotated[int, follows(CART, "customer_id")]
    idempotency_key: Annotated[
        str | None, PlainValidator(printable_key), Field(alias="Idempotency-Key")
    ] = None


class Identified(BaseModel):
    """The integer id in a path."""

    id: Annotated[int, follows(CUSTOMER, "customer_id")]
