"""The Data API as the load uses it: tokens, names, statuses; tests decide how statements end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNNING = "STARTED"


@dataclass
class FakeStatement:
    id: str
    name: str
    sqls: list[str]
    ends: list[str]
    error: str = ""

    @property
    def status(self) -> str:
        return self.ends[0]

    def advance(self) -> None:
        if len(self.ends) > 1:
            self.ends.pop(0)


@dataclass
class FakeDataApi:
    """A new statement goes through the statuses of `outcomes`, one list for each, then `ends`."""

    outcomes: list[list[str]] = field(default_factory=list)
    staged: int = 1
    statements: list[FakeStatement] = field(default_factory=list)
    tokens: dict[str, FakeStatement] = field(default_factory=dict)

    def batch_execute_statement(self, **request: Any) -> dict[str, str]:
        token = request["ClientToken"]
        if token not in self.tokens:
            ends = self.outcomes.pop(0) if self.outcomes else [RUNNING, "FINISHED"]
            number = str(len(self.statements))
            made = FakeStatement(number, request["StatementName"], request["Sqls"], ends)
            made.error = f"ERROR: statement {number}"
            self.tokens[token] = made
            self.statements.append(made)
        return {"Id": self.tokens[token].id}

    def describe_statement(self, **request: Any) -> dict[str, str]:
        statement = self.statements[int(request["Id"])]
        statement.advance()
        return {"Status": statement.status, "Error": statement.error}

    def get_statement_result(self, **request: Any) -> dict[str, Any]:
        assert request["Id"].partition(":")[2] == "4"
        return {"Records": [[{"longValue": self.staged}]]}

    def get_paginator(self, operation: str) -> FakeDataApi:
        assert operation == "list_statements"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        assert request["Status"] == "ALL", "the API lists finished statements only unless asked"
        for each in reversed(self.statements):
            if each.name.startswith(request["StatementName"]):
                entry = {"Id": each.id, "StatementName": each.name, "Status": each.status}
                yield {"Statements": [entry]}
