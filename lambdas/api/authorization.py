"""Whether who asks may: the one place that decides it, by the rules of lambdas/contracts/access.py.

First comes what the token says, before the request is read; then, once it is, whose thing it names.
What is another's and what is not there are refused with the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

from lambdas.api.errors import ForbiddenError, NotRegisteredError
from lambdas.api.identity import Identity, identity
from lambdas.api.ids import canonical_uuid
from lambdas.api.imports import ImportId
from lambdas.contracts.access import RULES, Who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lambdas.api.ports import OperationalTable
    from lambdas.contracts.access import Own, Route, Rule


class MissingRuleError(Exception):
    """A route has no rule, or a rule no route: nobody knows who may ask it."""


class Guard(Protocol):
    """Stands before one route."""

    def enter(self, event: Mapping[str, Any]) -> Identity | None:
        """Who asks, None if nobody needs to say. Raises NoIdentityError and ForbiddenError."""
        ...

    def require_own(self, who: Identity | None, arguments: Mapping[str, Any]) -> None:
        """Raises NotRegisteredError and ForbiddenError. `arguments` are the handler's."""
        ...


class Open:
    """For deployments without identities: everybody may do everything."""

    def enter(self, _event: Mapping[str, Any]) -> None:
        return None

    def require_own(self, _who: Identity | None, _arguments: Mapping[str, Any]) -> None:
        return None


@dataclass(frozen=True)
class Ruled:
    """Holds to a rule."""

    rule: Rule
    table: OperationalTable

    def enter(self, event: Mapping[str, Any]) -> Identity | None:
        role = self.rule.who
        if role is Who.ANYONE:
            return None
        who = identity(event)
        if not (who.is_admin or role in who.roles):
            raise ForbiddenError(f"This takes a login of group {role.value}.", role.value)
        return who

    def require_own(self, who: Identity | None, arguments: Mapping[str, Any]) -> None:
        own = self.rule.own
        if own is None or who is None or who.is_admin:
            return
        role = self.rule.who.value
        registered = self.table.linked(role, who.sub)
        if registered is None:
            raise NotRegisteredError(
                f"Your login is no {role} yet: POST /{role}s with this token registers one.", role
            )
        if self._owner(own, arguments) != registered:
            raise ForbiddenError(f"This takes the {role} whose own it is.", f"own {role}")

    def _owner(self, own: Own, arguments: Mapping[str, Any]) -> int | None:
        """Whose the thing is, None if it is not there."""
        return OWNERS[own.thing](self.table, attrgetter(own.named_by)(SimpleNamespace(**arguments)))


def _itself(_table: OperationalTable, number: int) -> int:
    return number


def _vendor_of_item(table: OperationalTable, item_id: int) -> int | None:
    """Also of a deleted one: its vendor may restore it."""
    item = table.item(item_id)
    return item.vendor_id if item else None


def _customer_of_transaction(table: OperationalTable, given: str) -> int | None:
    transaction_id = canonical_uuid(given)
    order = transaction_id and table.order(transaction_id)
    return order.customer_id if order else None


def _vendor_of_import(_table: OperationalTable, given: str) -> int | None:
    """Its id says whose it is, whether or not it is there."""
    import_id = ImportId.named(given)
    return import_id.vendor_id if import_id else None


OWNERS: dict[str, Callable[[OperationalTable, Any], int | None]] = {
    "customer": _itself,
    "vendor": _itself,
    "item": _vendor_of_item,
    "import": _vendor_of_import,
    "transaction": _customer_of_transaction,
}
"""By thing, how its owner is found."""


def guards(
    routes: Iterable[Route], table: OperationalTable, *, identified: bool
) -> dict[Route, Guard]:
    """One for each route; Raises MissingRuleError unless the routes are those of the rules."""
    routes = set(routes)
    if odd := routes ^ RULES.keys():
        raise MissingRuleError(f"routes without a rule, or rules without a route: {sorted(odd)}")
    if not identified:
        return dict.fromkeys(routes, Open())
    return {route: Ruled(RULES[route], table) for route in routes}
