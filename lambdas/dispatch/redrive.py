"""Starts the next attempt of failed runs, at an operator's word and without a bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.dispatcher import Outcome
from lambdas.dispatch.runs import base_of, is_live
from lambdas.lake.errors import ObjectMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.dispatch.dispatcher import Dispatcher

MAX_NAMES = 100
"""Names in an answer: it stays small however many runs there are."""


class UnknownRunError(ValueError):
    """There never was a run of this name."""


@dataclass
class Redrive:
    """`started` are the new attempts (in a dry run: those that would start)."""

    dispatcher: Dispatcher
    dry_run: bool = False
    started: list[str] = field(default_factory=list)
    standing: int = 0
    complete: bool = True

    def one(self, run: str) -> Redrive:
        """Takes the name of a run or of any of its attempts."""
        base = base_of(run)
        if base is None:
            raise UnknownRunError(f"{run!r} is no name of a run")
        try:
            self._next_attempt(base)
        except ObjectMissingError as error:
            raise UnknownRunError(f"there is no manifest of {base}") from error
        return self

    def all(self, has_time: Callable[[], bool]) -> Redrive:
        """All failed runs to gold; a replay's are started by the replay itself."""
        names = {base_of(name) for name in self.dispatcher.executions.unsuccessful()}
        for base in sorted(name for name in names if name and is_live(name)):
            self._next_attempt(base)
            if not has_time():
                self.complete = False
                break
        return self

    def _next_attempt(self, base: str) -> None:
        name = self.dispatcher.would_redrive(base) if self.dry_run else self._redrive(base)
        if name:
            self.started.append(name)
        else:
            self.standing += 1

    def _redrive(self, base: str) -> str | None:
        decision = self.dispatcher.redrive(base)
        return decision.name if decision.outcome is Outcome.STARTED else None

    def answer(self) -> dict[str, Any]:
        return {
            "started": len(self.started),
            "names": self.started[:MAX_NAMES],
            "standing": self.standing,
            "dry_run": self.dry_run,
            "complete": self.complete,
        }
