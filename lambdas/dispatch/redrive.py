"""Starts the next attempt of failed runs, at an operator's word and without a bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.dispatcher import Outcome
from lambdas.dispatch.runs import attempt_name, attempt_of, base_of, is_live
from lambdas.lake.errors import ObjectMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.dispatch.dispatcher import Decision, Dispatcher

MAX_NAMES = 100
"""Names in an answer: it stays small however many runs there are."""


class UnknownRunError(ValueError):
    """There never was a run of this name."""


@dataclass
class Redrive:
    """`started` are the new attempts (in a dry run: those that would start).

    With a `reason`, of all failed runs only those whose newest failure has this text in its
    status, error or cause; the others are `passed_over`.
    """

    dispatcher: Dispatcher
    dry_run: bool = False
    reason: str | None = None
    started: list[Decision] = field(default_factory=list)
    standing: int = 0
    passed_over: int = 0
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
        newest: dict[str, int] = {}
        for name in self.dispatcher.executions.unsuccessful():
            base = base_of(name)
            if base and is_live(base):
                newest[base] = max(attempt_of(name), newest.get(base, 1))
        for base in sorted(newest):
            if self._failed_so(attempt_name(base, newest[base])):
                self._next_attempt(base)
            else:
                self.passed_over += 1
            if not has_time():
                self.complete = False
                break
        return self

    def _failed_so(self, attempt: str) -> bool:
        if self.reason is None:
            return True
        told = self.dispatcher.manifests.failure(attempt)
        return self.reason.casefold() in told.casefold()

    def _next_attempt(self, base: str) -> None:
        decide = self.dispatcher.would_redrive if self.dry_run else self.dispatcher.redrive
        decision = decide(base)
        if decision.outcome is Outcome.STARTED:
            self.started.append(decision)
        else:
            self.standing += 1

    def answer(self) -> dict[str, Any]:
        return {
            "started": len(self.started),
            "objects": sum(each.objects for each in self.started),
            "bytes": sum(each.size for each in self.started),
            "names": [each.name for each in self.started[:MAX_NAMES]],
            "standing": self.standing,
            "passed_over": self.passed_over,
            "dry_run": self.dry_run,
            "complete": self.complete,
        }
