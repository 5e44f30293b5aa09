"""What each request must look like. Limits come from the contract; unknown fields are ignored."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, NoReturn, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from lambdas.api.binding import Header
from lambdas.api.entities import MOST_PIECES, CartLine
from lambdas.api.errors import InvalidRequestError
from lambdas.api.etags import IF_MATCH
from lambdas.api.fields import (
    LARGEST,
    Checked,
    email_address,
    email_schema,
    follows,
    integer,
    integer_schema,
    text,
    text_schema,
    violation,
)
from lambdas.contracts import MAX_CART_LINES, ColumnType
from lambdas.contracts.marketplace import CART, CATEGORY, CUSTOMER, ITEM, VENDOR

CATEGORY_ID = re.compile(r"[0-9]+")
UNCHANGED: Any = None
"""The default of a field that a change may leave out; what is given may be no null."""
IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,255}")


EMAIL = CUSTOMER.column("email")


def address(value: Any) -> str:
    return email_address(value, EMAIL.max_bytes)


ADDRESS = Checked(address, {**email_schema(EMAIL.max_bytes), "description": EMAIL.description})


class NewCustomer(BaseModel):
    first_name: Annotated[str, follows(CUSTOMER, "first_name")]
    last_name: Annotated[str, follows(CUSTOMER, "last_name")]
    email: Annotated[str, ADDRESS]


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


NO_CATEGORY_ID = {"pattern": r"^\s*(0+|[0-9]{19,})\s*$"}
CATEGORY_CHOICE = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": LARGEST[ColumnType.BIGINT]},
        {**text_schema(CATEGORY.column("category_name").max_bytes), "not": NO_CATEGORY_ID},
    ],
    "description": "A category's id, also as a string of digits, or its name",
}


def pieces_in_stock(value: Any) -> int | None:
    return None if value is None else integer(value, 0, MOST_PIECES)


PIECES_IN_STOCK = {
    "anyOf": [*integer_schema(0, MOST_PIECES)["anyOf"], {"type": "null"}],
    "description": "Pieces there are; null: they are not counted",
}
LONGEST_SKU = 100
SKU = {
    "anyOf": [text_schema(LONGEST_SKU), {"type": "null"}],
    "description": "The vendor's own name of the item: an import finds the item by it",
}


def vendors_own_name(value: Any) -> str | None:
    """An identifier, so that even the space around it counts as length."""
    if isinstance(value, str) and len(value) > LONGEST_SKU:
        raise violation(f"must be at most {LONGEST_SKU} bytes in UTF-8")
    return None if value is None else text(value, LONGEST_SKU)


class NewItem(BaseModel):
    """Without `stock`, pieces are not counted. No two items of a vendor have one `sku`."""

    item_name: Annotated[str, follows(ITEM, "item_name")]
    category: Annotated[int | str, Checked(category_choice, CATEGORY_CHOICE)]
    price: Annotated[Decimal, follows(ITEM, "price")]
    stock: Annotated[int | None, Checked(pieces_in_stock, PIECES_IN_STOCK)] = None
    sku: Annotated[str | None, Checked(vendors_own_name, SKU)] = None


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
    cart: Annotated[
        list[NewCartLine],
        BeforeValidator(_at_most_a_cart),
        Field(json_schema_extra={"maxItems": MAX_CART_LINES}),
    ]

    def lines(self) -> tuple[CartLine, ...]:
        return tuple(
            CartLine(line_no=line_no, **line.model_dump())
            for line_no, line in enumerate(self.cart, start=1)
        )


def printable_key(value: Any) -> str | None:
    if value is not None and not IDEMPOTENCY_KEY.fullmatch(value):
        raise violation("must be 1 to 255 printable ASCII characters")
    return value  # type: ignore[no-any-return]  # a header is a string or absent


PRINTABLE_KEY = {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$"}
IdempotencyKey = Annotated[str | None, Checked(printable_key, PRINTABLE_KEY)]


class CheckoutRequest(BaseModel):
    """What else it holds makes it another request, for an idempotency key."""

    model_config = ConfigDict(extra="allow")

    user_id: Annotated[int, follows(CART, "customer_id")]


class Changed(BaseModel):
    """Fields to change, each optional. A field that cannot be changed is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """The fields to change, with their values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class CustomerChanges(Changed):
    first_name: Annotated[str, follows(CUSTOMER, "first_name")] = UNCHANGED
    last_name: Annotated[str, follows(CUSTOMER, "last_name")] = UNCHANGED
    email: Annotated[str, ADDRESS] = UNCHANGED


class VendorChanges(Changed):
    vendor_name: Annotated[str, follows(VENDOR, "vendor_name")] = UNCHANGED
    region: Annotated[str, follows(VENDOR, "region")] = UNCHANGED


class ItemChanges(Changed):
    """`category` is an id or a name, as it is of a new item."""

    item_name: Annotated[str, follows(ITEM, "item_name")] = UNCHANGED
    category: Annotated[int | str, Checked(category_choice, CATEGORY_CHOICE)] = UNCHANGED
    price: Annotated[Decimal, follows(ITEM, "price")] = UNCHANGED


def pieces_moved(value: Any) -> int:
    return integer(value, -MOST_PIECES, MOST_PIECES)


PIECES_MOVED = {
    **integer_schema(-MOST_PIECES, MOST_PIECES),
    "description": "Pieces to add, or to take if it is negative",
}


class StockChange(Changed):
    """Either `stock`, the pieces there are (null: not counted), or `change`, pieces to add."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})
    stock: Annotated[int | None, Checked(pieces_in_stock, PIECES_IN_STOCK)] = None
    change: Annotated[int | None, Checked(pieces_moved, PIECES_MOVED)] = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if len(self.model_fields_set) != 1:
            refuse(["stock", "change"], "give exactly one of stock and change")
        return self


LONGEST_PAGE, USUAL_PAGE = 100, 25


def page_size(value: Any) -> int:
    return integer(value, 1, LONGEST_PAGE)


PAGE_SIZE = {
    "type": "integer",
    "minimum": 1,
    "maximum": LONGEST_PAGE,
    "description": "Most results of a page",
}


class Paging(BaseModel):
    """`cursor` is the `next` of the page before. A parameter that is not known is refused."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Checked(page_size, PAGE_SIZE)] = USUAL_PAGE
    cursor: str | None = None


class CustomerSearch(Paging):
    """By `email`, exactly, or by what `first_name` begins with, in any case of letters."""

    email: Annotated[str | None, follows(CUSTOMER, "email")] = None
    first_name: Annotated[str | None, follows(CUSTOMER, "first_name")] = None

    @model_validator(mode="after")
    def one_filter(self) -> Self:
        """There is at most one customer of an address, and so nothing to narrow or to go on in."""
        together = sorted({"email", "first_name", "cursor"} & self.model_fields_set)
        if "email" in together and len(together) > 1:
            refuse(together, "cannot be combined with email")
        return self


class VendorSearch(Paging):
    """By what `vendor_name` begins with."""

    vendor_name: Annotated[str | None, follows(VENDOR, "vendor_name")] = None


class VendorItemSearch(Paging):
    """By what `item_name` begins with."""

    item_name: Annotated[str | None, follows(ITEM, "item_name")] = None


class ItemSearch(VendorItemSearch):
    """By vendor or by category (an id or a name), and by what `item_name` begins with."""

    vendor_id: Annotated[int | None, follows(ITEM, "vendor_id")] = None
    category: Annotated[int | str | None, Checked(category_choice, CATEGORY_CHOICE)] = None

    @model_validator(mode="after")
    def one_filter(self) -> Self:
        if self.vendor_id is not None and self.category is not None:
            refuse(["vendor_id", "category"], "vendor_id and category cannot be combined")
        return self


IMPORT_NAME = re.compile(r"[0-9a-f-]{36}")
IMPORT_CURSOR = {"type": "string", "pattern": f"^{IMPORT_NAME.pattern}$"}


def import_cursor(value: Any) -> str:
    if not IMPORT_NAME.fullmatch(value):
        raise violation("must be the `next` of a page of the same query")
    return str(value)


class ImportSearch(Paging):
    """A vendor's imports."""

    vendor_id: Annotated[int, follows(ITEM, "vendor_id")]
    cursor: Annotated[str | None, Checked(import_cursor, IMPORT_CURSOR)] = None


def refuse(fields: Iterable[str], message: str) -> NoReturn:
    """Names several fields for one violation, which no validator of a field could."""
    raise InvalidRequestError([{"field": field, "message": message} for field in fields])


CONDITION = {"type": "string", "pattern": f"^({IF_MATCH.pattern})$"}
IfMatch = Annotated[str | None, WithJsonSchema(CONDITION), Header("If-Match")]
CustomerId = Annotated[int, follows(CUSTOMER, "customer_id")]
VendorId = Annotated[int, follows(VENDOR, "vendor_id")]
ItemId = Annotated[int, follows(ITEM, "item_id")]
