"""What the handlers' signatures cannot say of each route: its name, its purpose, its refusals."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from lambdas.api import errors

Refusals = tuple[type[errors.MarketError], ...]


@dataclass(frozen=True)
class Operation:
    """`refusals` are those beyond what every route with a body or parameters has."""

    id: str
    summary: str
    refusals: Refusals = ()
    status: HTTPStatus = HTTPStatus.OK

    @property
    def needs_tag(self) -> bool:
        """Whether If-Match may not be left out."""
        return errors.PreconditionRequiredError in self.refusals


UNKNOWN: Refusals = (errors.UnknownEntityError,)
TAGGED: Refusals = (*UNKNOWN, errors.PreconditionFailedError)
CHANGE: Refusals = (*TAGGED, errors.PreconditionRequiredError)
CHECKOUT: Refusals = (
    *UNKNOWN,
    errors.EmptyCartError,
    errors.ForeignVendorError,
    errors.StalePriceError,
    errors.OutOfStockError,
    errors.KeyReusedError,
)
STOCK: Refusals = (*CHANGE, errors.OutOfStockError, errors.UntrackedStockError)
FILE: Refusals = (*UNKNOWN, errors.UnsupportedMediaError)
CREATED, NO_CONTENT = HTTPStatus.CREATED, HTTPStatus.NO_CONTENT

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("GET", "/health"): Operation("health", "Says that the function is there"),
    ("GET", "/customers"): Operation("search_customers", "Customers by first name or e-mail"),
    ("POST", "/customers"): Operation(
        "register_customer", "Registers a customer", (errors.EmailTakenError,), CREATED
    ),
    ("GET", "/customers/<customer_id>"): Operation("read_customer", "One customer", UNKNOWN),
    ("PATCH", "/customers/<customer_id>"): Operation(
        "change_customer", "Changes the fields given", (*CHANGE, errors.EmailTakenError)
    ),
    ("DELETE", "/customers/<customer_id>"): Operation(
        "delete_customer", "Marks a customer deleted and empties the cart", CHANGE, NO_CONTENT
    ),
    ("POST", "/customers/<customer_id>/restore"): Operation(
        "restore_customer", "Takes the mark away", TAGGED
    ),
    ("GET", "/customers/<customer_id>/transactions"): Operation(
        "customer_transactions", "A customer's transactions, newest first", UNKNOWN
    ),
    ("GET", "/vendors"): Operation("search_vendors", "Vendors by name"),
    ("POST", "/vendors"): Operation("register_vendor", "Registers a vendor", status=CREATED),
    ("GET", "/vendors/<vendor_id>"): Operation("read_vendor", "One vendor", UNKNOWN),
    ("PATCH", "/vendors/<vendor_id>"): Operation(
        "change_vendor", "Changes the fields given", CHANGE
    ),
    ("DELETE", "/vendors/<vendor_id>"): Operation(
        "delete_vendor", "Marks a vendor deleted", CHANGE, NO_CONTENT
    ),
    ("POST", "/vendors/<vendor_id>/restore"): Operation(
        "restore_vendor", "Takes the mark away", TAGGED
    ),
    ("GET", "/vendors/<vendor_id>/items"): Operation(
        "vendor_items", "A vendor's items by name", UNKNOWN
    ),
    ("GET", "/inventory"): Operation("search_items", "Items by vendor, category and name", UNKNOWN),
    ("POST", "/inventory"): Operation(
        "offer_item", "Offers an item", (*UNKNOWN, errors.SkuTakenError), CREATED
    ),
    ("GET", "/imports"): Operation("vendor_imports", "A vendor's imports, newest first", UNKNOWN),
    ("POST", "/imports"): Operation(
        "import_items",
        "Begins to take a vendor's items in from a file",
        (*FILE, errors.KeyReusedError),
        HTTPStatus.ACCEPTED,
    ),
    ("GET", "/imports/<import_id>"): Operation(
        "read_import", "How far an import is, and what was rejected", UNKNOWN
    ),
    ("GET", "/inventory/<item_id>"): Operation("read_item", "One item", UNKNOWN),
    ("PATCH", "/inventory/<item_id>"): Operation("change_item", "Changes the fields given", CHANGE),
    ("DELETE", "/inventory/<item_id>"): Operation(
        "delete_item", "Marks an item deleted", CHANGE, NO_CONTENT
    ),
    ("POST", "/inventory/<item_id>/restore"): Operation(
        "restore_item", "Takes the mark away", TAGGED
    ),
    ("GET", "/inventory/<item_id>/stock"): Operation("read_stock", "An item's pieces", UNKNOWN),
    ("PATCH", "/inventory/<item_id>/stock"): Operation(
        "change_stock", "Sets, adds or takes pieces, or ends their counting", STOCK
    ),
    ("POST", "/cart"): Operation("replace_cart", "Replaces a customer's cart", TAGGED),
    ("GET", "/cart/<user_id>"): Operation("read_cart", "A customer's cart", UNKNOWN),
    ("DELETE", "/cart/<user_id>"): Operation("empty_cart", "Empties a cart", TAGGED, NO_CONTENT),
    ("POST", "/checkout"): Operation("check_out", "Buys what is in the cart", CHECKOUT),
    ("GET", "/transactions/<transaction_id>"): Operation(
        "read_transaction", "One completed transaction", UNKNOWN
    ),
}
"""By method and rule, as the route table has them."""
