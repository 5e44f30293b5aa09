"""Starts runs over objects that have been promoted, since they would now be cleaned otherwise.

Nothing is claimed: each object's first run keeps it. All that is written has fixed names or goes by
version, so that what is cleaned as before stays as it is, and what is now good leaves the
quarantine. Of a row that a mended mapping reads otherwise, either reading may stay: the versions
of both have the same time and sequence, and differ in the digest of the row alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.dispatcher import Decision, Outcome
from lambdas.dispatch.runs import Run
from lambdas.lake.layout import is_held

if TYPE_CHECKING:
    from lambdas.dispatch.dispatcher import Dispatcher
    from lambdas.lake.documents import RawObject


@dataclass
class Again:
    """Of one id a set of objects is started once, however often it is asked for."""

    dispatcher: Dispatcher
    again_id: str
    dry_run: bool = False
    passed_over: int = 0
    decisions: list[Decision] = field(default_factory=list)

    def over(self, objects: list[RawObject]) -> Again:
        """What still waits for its backfill has not been promoted, and is passed over."""
        owners = self.dispatcher.claims.owners([each for each in objects if is_held(each.key)])
        promoted = [each for each in objects if not is_held(each.key) or each in owners]
        self.passed_over += len(objects) - len(promoted)
        if not promoted:
            return self
        run = Run.again(self.again_id, promoted)
        if self.dry_run:
            self.decisions.append(Decision.of(Outcome.STARTED, run.base, run))
        else:
            bound = self.dispatcher.max_attempts
            self.decisions.append(self.dispatcher.start(run, bound=bound))
        return self

    def answer(self) -> dict[str, Any]:
        started = [each for each in self.decisions if each.outcome is Outcome.STARTED]
        return {
            "started": len(started),
            "objects": sum(each.objects for each in started),
            "bytes": sum(each.size for each in started),
            "names": [each.name for each in started],
            "standing": len(self.decisions) - len(started),
            "passed_over": self.passed_over,
            "dry_run": self.dry_run,
        }
