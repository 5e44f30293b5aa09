"""Policies with one thing changed, and whether any cell notices: a proof that the tables say all.

A statement is taken away, in whole and value by value; and it is widened: any action, any action of
the service, any resource, anyone, no condition. What changes nothing for anybody is not made: what
is `*` already, and what a resource's policy would say about other resources.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stacks.policy.deployment import listed
from tests.permissions.decisions import ASSUMING, may_assume

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.permissions.account import Role, Statement
    from tests.permissions.decisions import Principal
    from tests.permissions.expected import Cell, Matrix

ANY = "*"
VALUES = ("Action", "Resource", "NotAction", "NotResource")
AT_ONCE = 24
"""Cells asked in one go: most changes are noticed by the first of them."""


@dataclass(frozen=True)
class Mutant:
    """`statement` is None where it was taken away; `wider` says which way the statement went."""

    original: Statement
    change: str
    statement: Statement | None
    wider: bool

    def __str__(self) -> str:
        body = self.original.body
        actions = " ".join(listed(body.get("Action", body.get("NotAction"))))
        return f"{self.original.policy}: {body['Effect']} {actions}: {self.change}"

    def within(self, statements: Sequence[Statement]) -> tuple[Statement, ...]:
        """The statements with this one instead of the original."""
        return tuple(
            found
            for each in statements
            if (found := self.statement if str(each) == str(self.original) else each) is not None
        )

    @property
    def allows_more(self) -> bool:
        allows: bool = self.original.body["Effect"] == "Allow"
        return self.wider == allows


def mutants(statement: Statement) -> Iterator[Mutant]:
    yield Mutant(statement, "removed", None, wider=False)
    for change, body in _narrower(statement.body):
        yield Mutant(statement, change, replace(statement, body=body), wider=False)
    for change, body in _wider(statement):
        yield Mutant(statement, change, replace(statement, body=body), wider=True)


def _narrower(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for element in VALUES[:2]:
        values = listed(body.get(element))
        for value in values if len(values) > 1 else []:
            rest = [each for each in values if each != value]
            yield f"without {element} {value}", {**body, element: rest}
    for operator, keys in body.get("Condition", {}).items():
        for key, values in keys.items():
            for value in listed(values) if len(listed(values)) > 1 else []:
                rest = [each for each in listed(values) if each != value]
                condition = {**body["Condition"], operator: {**keys, key: rest}}
                yield f"without {key} {value}", {**body, "Condition": condition}
    yield from _fewer_principals(body)


def _fewer_principals(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    named = body.get("Principal")
    if not isinstance(named, dict):
        return
    for kind, names in named.items():
        for name in listed(names) if len(listed(names)) > 1 else []:
            rest = [each for each in listed(names) if each != name]
            yield f"without principal {name}", {**body, "Principal": {**named, kind: rest}}


def _wider(statement: Statement) -> Iterator[tuple[str, dict[str, Any]]]:
    body, actions = statement.body, listed(statement.body.get("Action"))
    services = {each.partition(":")[0] for each in actions}
    whole = {f"{service}:*" for service in services}
    if ANY not in actions and not (statement.owner and whole <= set(actions)):
        yield "any action", {**body, "Action": ANY}
    for service in sorted(services - {ANY}):
        if f"{service}:*" not in actions:
            yield f"any action of {service}", {**body, "Action": [*actions, f"{service}:*"]}
    if not _all_there_is(statement) and "Resource" in body:
        yield "any resource", {**body, "Resource": ANY}
    for operator, keys in body.get("Condition", {}).items():
        for key in keys:
            rest = {name: values for name, values in keys.items() if name != key}
            condition = {**body["Condition"], operator: rest}
            yield f"without condition {operator} {key}", {**body, "Condition": condition}
    if "Principal" in body and not _anyone(body["Principal"]):
        yield "for anyone", {**body, "Principal": ANY}


def _all_there_is(statement: Statement) -> bool:
    """It names every resource that it can speak of."""
    resources = set(listed(statement.body.get("Resource")))
    bucket = statement.owner.startswith("arn:aws:s3:::")
    whole = f"{statement.owner}/*" if bucket else statement.owner
    return ANY in resources or bool(statement.owner and whole in resources)


def _anyone(named: Any) -> bool:
    return named == ANY or ANY in listed(named.get("AWS"))


def noticed(matrix: Matrix, who: str, mutant: Mutant) -> Cell | None:
    """The first cell of the role that the changed policy decides otherwise than written."""
    attached = mutant.within(matrix.callers[who].attached)
    for cells in _nearest(matrix.cells[who], mutant):
        if wrong := matrix.wrong(who, cells, attached=attached):
            return wrong[0]
    return None


def noticed_by_anyone(matrix: Matrix, mutant: Mutant) -> Cell | None:
    """The same for a resource's own policy, which concerns everybody."""
    changed = mutant.within(matrix.account.of_resources)
    for who in matrix.cells:
        there = [each for each in matrix.cells[who] if _at(each, mutant.original.owner)]
        for cells in _nearest(there, mutant):
            if wrong := matrix.wrong(who, cells, of_resources=changed):
                return wrong[0]
    return None


def _nearest(cells: Sequence[Cell], mutant: Mutant) -> Iterator[list[Cell]]:
    """Those that the change could concern, in lots, the likeliest first."""
    actions = {each.lower() for each in listed(mutant.original.body.get("Action"))}
    services = {each.partition(":")[0] for each in actions}

    def distance(cell: Cell) -> tuple[bool, bool]:
        action = cell.question.action.lower()
        return action.partition(":")[0] not in services, action not in actions

    concerned = [each for each in cells if each.allowed != mutant.allows_more]
    concerned.sort(key=distance)
    for start in range(0, len(concerned), AT_ONCE):
        yield concerned[start : start + AT_ONCE]


def _at(cell: Cell, owner: str) -> bool:
    return cell.question.resource == owner or cell.question.resource.startswith(f"{owner}/")


def noticed_by(mutant: Mutant, role: Role, askers: dict[str, Principal]) -> str | None:
    """Of a trust policy: who may assume the role now and could not, or the reverse."""
    changed = replace(role, trust=mutant.within(role.trust))
    for name, principal in askers.items():
        for action in ASSUMING:
            if may_assume(principal, role, action) != may_assume(principal, changed, action):
                return name
    return None
