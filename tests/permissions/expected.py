"""The tables as cells: who, doing what, where, is allowed or not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tests.permissions import callers
from tests.permissions.cells import Cell
from tests.permissions.decisions import ask, short
from tests.permissions.people import people
from tests.permissions.places import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.permissions.account import Account, Statement
    from tests.permissions.places import Place

FUNCTIONS, SERVICES = "functions.toml", "services.toml"
WRITES_LOG = "CreateLogStream PutLogEvents"
SENDS_TRACES = "PutTraceSegments PutTelemetryRecords"
ALL, NOT = "*", "-"
"""In a line: every action there is at the place, and an action that an earlier line allowed."""


def table(name: str) -> dict[str, dict[str, str]]:
    """Actions by place by caller."""
    return tomllib.loads((Path(__file__).parent / name).read_text())


class Matrix:
    """All callers, all that they could do, and what of it the tables allow."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.callers = callers.others(account) | callers.roles(account)
        self.places = places(account)
        self.people = people(account)
        nothing: dict[str, dict[str, str]] = {
            who: {} for who in self.callers if who not in self.people
        }
        self.table = nothing | table(SERVICES) | table(FUNCTIONS)
        for path in account.paths("AWS::Lambda::Function"):
            name = short(path)
            may = self.table.setdefault(name, {})
            self.table[name] = {**may, f"log {name}": WRITES_LOG, "traces": SENDS_TRACES}

    @cached_property
    def cells(self) -> dict[str, list[Cell]]:
        """By caller. Raises ValueError for a line that stands for no question."""
        asked = {who: _cells(who, may, self.places) for who, may in self.table.items()}
        return asked | self.people

    @cache  # noqa: B019  # there is one matrix a session
    def cells_at(self, owner: str) -> dict[str, list[Cell]]:
        """Those about a resource and what is in it."""
        return {
            who: [each for each in cells if f"{each.question.resource}/".startswith(f"{owner}/")]
            for who, cells in self.cells.items()
        }

    def wrong(
        self,
        who: str,
        cells: Sequence[Cell] | None = None,
        attached: tuple[Statement, ...] | None = None,
        of_resources: tuple[Statement, ...] | None = None,
    ) -> list[Cell]:
        """Cells that are decided otherwise than written, by the templates' policies or by those."""
        principal = self.callers[who]
        if attached is not None:
            principal = replace(principal, attached=attached)
        policies = self.account.of_resources if of_resources is None else of_resources
        asked = self.cells[who] if cells is None else cells
        decided = ask(principal, policies, [each.question for each in asked])
        return [each for each, found in zip(asked, decided, strict=True) if found != each.allowed]


def _cells(who: str, may: dict[str, str], places: Iterable[Place]) -> list[Cell]:
    asked = [
        Cell(who, place.name, action, question, allowed=False)
        for place in places
        for action, question in place.questions()
    ]
    allowed: set[int] = set()
    for pattern, actions in may.items():
        for action in actions.split():
            found = {
                number
                for number, each in enumerate(asked)
                if action.removeprefix(NOT) in {each.action, ALL}
                and _stands_for(pattern, each.place)
            }
            if not found:
                raise ValueError(f"{who}: nobody is asked about {action} at {pattern!r}")
            allowed = allowed - found if action.startswith(NOT) else allowed | found
    return [replace(each, allowed=number in allowed) for number, each in enumerate(asked)]


def _stands_for(pattern: str, name: str) -> bool:
    if pattern.endswith(ALL):
        return name.startswith(pattern[:-1])
    return name == pattern
