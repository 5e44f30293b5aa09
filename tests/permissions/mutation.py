"""Policies with one thing changed, and whether any cell notices: a proof that the tables say all.

A statement is taken away, in whole and value by value; and it is widened: any action of the service
(whoever notices that notices `*`), any resource, anyone, no condition. What changes nothing for
anybody is not made: what is `*` already, and what a resource's policy would say about others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stacks.policy.deployment import listed
from tests.permissions.cedar import NEGATED
from tests.permissions.decisions import ASSUMING, may_assume

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.permissions.account import Role, Statement
    from tests.permissions.cells import Cell
    from tests.permissions.decisions import Principal
    from tests.permissions.expected import Matrix

ANY = "*"
Body = dict[str, Any]
Change = tuple[str, Body, bool]
"""What was changed, the statement's elements then, and whether it means more."""
AT_FIRST = 4
"""Cells asked in one go, then four times as many: most changes are noticed by the first."""


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
    for change, body, wider in (*_without_values(statement.body), *_wider(statement)):
        yield Mutant(statement, change, replace(statement, body=body), wider)


def _without_values(body: Body) -> Iterator[Change]:
    """One value less; of what is excepted, that means more."""
    for element in ("Action", "Resource", "NotAction", "NotResource"):
        for value, rest in _less(body.get(element)):
            yield f"without {element} {value}", {**body, element: rest}, element.startswith("Not")
    for operator, keys in body.get("Condition", {}).items():
        for key, values in keys.items():
            for value, rest in _less(values):
                condition = {**body["Condition"], operator: {**keys, key: rest}}
                changed = {**body, "Condition": condition}
                yield f"without {key} {value}", changed, operator in NEGATED
    principals: Any = body.get("Principal")
    named: dict[str, Any] = principals if isinstance(principals, dict) else {}
    for kind, names in named.items():
        for name, rest in _less(names):
            yield f"without {name}", {**body, "Principal": {**named, kind: rest}}, False


def _less(values: Any) -> Iterator[tuple[str, list[str]]]:
    """Each value with all the others, if there are others."""
    given = listed(values)
    for value in given if len(given) > 1 else []:
        yield value, [each for each in given if each != value]


def _wider(statement: Statement) -> Iterator[Change]:
    body, actions = statement.body, listed(statement.body.get("Action"))
    services = {each.partition(":")[0] for each in actions} - {ANY}
    for service in sorted(services):
        if f"{service}:*" not in actions:
            yield f"any action of {service}", {**body, "Action": [*actions, f"{service}:*"]}, True
    if "NotAction" in body:
        inverted = {name: each for name, each in body.items() if name != "NotAction"}
        yield "any action", {**inverted, "Action": ANY}, True
    if not _all_there_is(statement) and "Resource" in body:
        yield "any resource", {**body, "Resource": ANY}, True
    for operator, keys in body.get("Condition", {}).items():
        for key in keys:
            rest = {name: values for name, values in keys.items() if name != key}
            condition = {**body["Condition"], operator: rest}
            yield f"without condition {operator} {key}", {**body, "Condition": condition}, True
    if "Principal" in body and not _anyone(body["Principal"]):
        yield "for anyone", {**body, "Principal": ANY}, True


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
    """The same for a resource's own policy, which concerns everybody, about that resource."""
    owner = mutant.original.owner
    changed = mutant.within([each for each in matrix.account.of_resources if each.owner == owner])
    for who, there in matrix.cells_at(owner).items():
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

    more = mutant.allows_more
    concerned = [each for each in cells if each.allowed != more]
    concerned.sort(key=distance)
    lot = AT_FIRST
    while concerned:
        yield concerned[:lot]
        concerned, lot = concerned[lot:], lot * 4


def noticed_by(mutant: Mutant, role: Role, askers: dict[str, Principal]) -> str | None:
    """Of a trust policy: who may assume the role now and could not, or the reverse."""
    changed = replace(role, trust=mutant.within(role.trust))
    for name, principal in askers.items():
        for action in ASSUMING:
            if may_assume(principal, role, action) != may_assume(principal, changed, action):
                return name
    return None
