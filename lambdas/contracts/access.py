"""Who may ask what of the API, route by route: the service holds to it, the gateway is made of it.

A route that is not here is nobody's: the application does not start with one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

Route = tuple[str, str]
"""Method and rule, as the route table has them: ("GET", "/cart/<user_id>")."""


class Who(Enum):
    """Whom a route is for. Names of groups, but for ANYONE; administrators may do everything.

    Who is in no group is a customer: so signing up is all that a customer needs to do.
    """

    ANYONE = "anyone"
    CUSTOMER = "customer"
    VENDOR = "vendor"
    ADMIN = "admin"


GROUPS = {
    Who.CUSTOMER: "Customers, too, of those who are in another group; others need not be here",
    Who.VENDOR: "May register as a vendor, and then use that vendor's own things",
    Who.ADMIN: "May do everything",
}


@dataclass(frozen=True)
class Own:
    """The thing that must be the caller's own: `Own("item", "item_id")`.

    `named_by` is where its id stands among the handler's arguments: a name, or a body's member.
    """

    thing: str
    named_by: str


@dataclass(frozen=True)
class Rule:
    """`own` is None if the group is enough. What is `dear` has a throttle of its own, a low one."""

    who: Who
    own: Own | None = None
    dear: bool = False


PUBLIC = Rule(Who.ANYONE)
ADMIN = Rule(Who.ADMIN)


def _customers(thing: str, named_by: str, *, dear: bool = False) -> Rule:
    return Rule(Who.CUSTOMER, Own(thing, named_by), dear=dear)


def _vendors(thing: str, named_by: str, *, dear: bool = False) -> Rule:
    return Rule(Who.VENDOR, Own(thing, named_by), dear=dear)


RULES: dict[Route, Rule] = {
    ("GET", "/health"): PUBLIC,
    ("GET", "/openapi.json"): PUBLIC,
    ("GET", "/docs"): PUBLIC,
    ("GET", "/customers"): ADMIN,
    ("POST", "/customers"): Rule(Who.CUSTOMER, dear=True),
    ("GET", "/customers/<customer_id>"): _customers("customer", "customer_id"),
    ("PATCH", "/customers/<customer_id>"): _customers("customer", "customer_id"),
    ("DELETE", "/customers/<customer_id>"): _customers("customer", "customer_id"),
    ("POST", "/customers/<customer_id>/restore"): ADMIN,
    ("GET", "/customers/<customer_id>/transactions"): _customers("customer", "customer_id"),
    ("GET", "/vendors"): PUBLIC,
    ("POST", "/vendors"): Rule(Who.VENDOR, dear=True),
    ("GET", "/vendors/<vendor_id>"): PUBLIC,
    ("PATCH", "/vendors/<vendor_id>"): _vendors("vendor", "vendor_id"),
    ("DELETE", "/vendors/<vendor_id>"): _vendors("vendor", "vendor_id"),
    ("POST", "/vendors/<vendor_id>/restore"): ADMIN,
    ("GET", "/vendors/<vendor_id>/items"): PUBLIC,
    ("GET", "/inventory"): PUBLIC,
    ("POST", "/inventory"): _vendors("vendor", "vendor_id"),
    ("GET", "/imports"): _vendors("vendor", "search.vendor_id"),
    ("POST", "/imports"): _vendors("vendor", "vendor_id", dear=True),
    ("GET", "/imports/<import_id>"): _vendors("import", "import_id"),
    ("GET", "/inventory/<item_id>"): PUBLIC,
    ("PATCH", "/inventory/<item_id>"): _vendors("item", "item_id"),
    ("DELETE", "/inventory/<item_id>"): _vendors("item", "item_id"),
    ("POST", "/inventory/<item_id>/restore"): _vendors("item", "item_id"),
    ("GET", "/inventory/<item_id>/stock"): PUBLIC,
    ("PATCH", "/inventory/<item_id>/stock"): _vendors("item", "item_id"),
    ("POST", "/cart"): _customers("customer", "new.user_id"),
    ("GET", "/cart/<user_id>"): _customers("customer", "user_id"),
    ("DELETE", "/cart/<user_id>"): _customers("customer", "user_id"),
    ("POST", "/checkout"): _customers("customer", "request.user_id", dear=True),
    ("GET", "/transactions/<transaction_id>"): _customers("transaction", "transaction_id"),
}
