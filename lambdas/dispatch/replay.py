"""Starts runs over everything in raw/, with a target of their own beside gold.

Nothing is claimed: the live runs keep their objects. Calling again, after a crash or for what came
meanwhile, starts only what has no standing run yet, since a run is named by its objects.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.dispatcher import Outcome
from lambdas.dispatch.ports import Mark
from lambdas.dispatch.runs import Run, portioned
from lambdas.lake.layout import RAW

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.dispatch.dispatcher import Decision, Dispatcher
    from lambdas.dispatch.ports import RawVersions


@dataclass
class Replay:
    dispatcher: Dispatcher
    replay_id: str
    dry_run: bool = False
    objects: int = 0
    size: int = 0
    runs: int = 0
    decisions: list[Decision] = field(default_factory=list)
    next: Mark | None = None

    def over(
        self, versions: RawVersions, after: Mark | None, has_time: Callable[[], bool]
    ) -> Replay:
        """Goes through raw/ until it ends or time does; `next` says where to go on."""
        objects = (each.object for each in versions.under(RAW, after))
        for portion in portioned(objects, self.dispatcher.max_objects):
            run = Run.replay(self.replay_id, portion)
            self.objects += len(portion)
            self.size += sum(each.size for each in portion)
            self.runs += 1
            if not self.dry_run:
                bound = self.dispatcher.max_attempts
                self.decisions.append(self.dispatcher.start(run, bound=bound))
            if not has_time():
                self.next = Mark(portion[-1].key, portion[-1].version_id)
                break
        return self

    def answer(self) -> dict[str, Any]:
        outcomes = Counter(each.outcome for each in self.decisions)
        return {
            "objects": self.objects,
            "bytes": self.size,
            "runs": self.runs,
            **{outcome.value: outcomes[outcome] for outcome in Outcome},
            "dry_run": self.dry_run,
            "next": self.next and asdict(self.next),
        }
