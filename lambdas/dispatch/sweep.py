"""Finds raw object versions that no successful run has, and dispatches them.

The second net: it catches what a lost event, a full dead-letter queue or a crash between a claim
and its run left behind, and gives failed runs their next attempt.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.dispatcher import Decision, Outcome
from lambdas.dispatch.ports import UNSUCCESSFUL, Mark
from lambdas.dispatch.runs import base_of, batched
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import is_held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from lambdas.dispatch.dispatcher import Dispatcher
    from lambdas.dispatch.ports import Executions, Listed, RawVersions
    from lambdas.lake.documents import RawObject

MAX_NAMES = 100
"""Keys and runs named in an answer."""
LATE_DAYS = 2
"""How much older the day that an object is filed under may be than the object: streams keep 24
hours, and a day begins anywhere in them."""


@dataclass(frozen=True)
class Window:
    """Which objects to look at: all under a `prefix` (`after` a mark), else `raw/` by day."""

    now: datetime
    lookback: timedelta
    grace: timedelta
    prefix: str | None = None
    after: Mark | None = None

    @property
    def start(self) -> datetime:
        return self.now - self.lookback

    def listed(self, versions: RawVersions) -> Iterator[Listed]:
        if self.prefix is not None:
            found = versions.under(self.prefix, self.after)
        else:
            filed = (self.start - timedelta(days=LATE_DAYS)).date()
            found = versions.filed_since(filed)
        return (each for each in found if self.start <= each.modified <= self.now - self.grace)


@dataclass
class Sweep:
    """One pass and what it found; `stalled` are runs of which no attempt runs or succeeded.

    `size` is that of the `unclaimed` objects, in bytes.
    """

    dispatcher: Dispatcher
    dry_run: bool = False
    checked: int = 0
    unclaimed: list[str] = field(default_factory=list)
    size: int = 0
    stalled: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    complete: bool = True
    next: Mark | None = None
    _standing: set[str] = field(default_factory=set)

    def over(self, versions: RawVersions, window: Window, has_time: Callable[[], bool]) -> Sweep:
        """Goes through the window until it ends or time does.

        Under a prefix `next` then says where to go on; otherwise the next sweep begins anew.
        """
        self._standing = standing(self.dispatcher.executions, window.start)
        for page in batched(window.listed(versions), self.dispatcher.max_objects):
            self.look_at([each.object for each in page], self._standing.__contains__)
            if not has_time():
                self.complete = False
                self.next = page[-1].mark if window.prefix else None
                break
        return self

    def look_at(
        self,
        objects: list[RawObject],
        stands: Callable[[str], bool],
        suspected: Callable[[RawObject], bool] = lambda _: True,
    ) -> None:
        """Dispatches what is unclaimed, and resumes runs that do not stand.

        A run is looked into if one of its objects is `suspected`.
        """
        owners = self.dispatcher.claims.owners(objects)
        unclaimed = [each for each in objects if each not in owners and not is_held(each.key)]
        runs = {owner for each, owner in owners.items() if suspected(each)} - self.stalled
        stalled = {each for each in runs if not stands(each)}
        self.checked += len(objects)
        self.unclaimed += [each.key for each in unclaimed]
        self.size += sum(each.size for each in unclaimed)
        self.stalled |= stalled
        if self.dry_run:
            return
        self.decisions += self.dispatcher.dispatch(unclaimed)
        for digest in sorted(stalled):
            self._resume(digest)

    def _resume(self, digest: str) -> None:
        try:
            decision = self.dispatcher.resume(digest)
        except ObjectMissingError:
            # A run whose candidates somebody deleted: the others must not wait for it.
            self.unreadable.append(digest)
        else:
            self.decisions += [decision] if decision else []

    def answer(self) -> dict[str, Any]:
        """Counts, and whether time sufficed."""
        outcomes = Counter(each.outcome for each in self.decisions)
        return {
            "checked": self.checked,
            "unclaimed": len(self.unclaimed),
            "bytes": self.size,
            "stalled": len(self.stalled),
            "objects": self.unclaimed[:MAX_NAMES],
            "runs": sorted(self.stalled)[:MAX_NAMES],
            "unreadable": len(self.unreadable),
            **{outcome.value: outcomes[outcome] for outcome in Outcome},
            "dry_run": self.dry_run,
            "complete": self.complete,
            "next": self.next and asdict(self.next),
        }


def standing(executions: Executions, since: datetime) -> set[str]:
    """Runs with an attempt that runs or succeeded; younger than its objects is every run."""
    attempts = ((base_of(name), status) for name, status in executions.since(since))
    return {base for base, status in attempts if base and status not in UNSUCCESSFUL}
