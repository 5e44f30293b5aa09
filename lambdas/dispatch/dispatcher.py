"""Starts runs so that every object version ends in exactly one successful run.

Three facts carry the promise; docs/adr/0301-exactly-one-run.md tells the story with its crashes.

1. A claim never changes its owner. Once all candidates of a digest have been offered to the
   claims, the set that the digest owns is fixed: whoever goes through them again, after whatever
   crash, gets the same set, and only then is a manifest written.
2. The candidates are on record before the first claim, so that anyone who meets a claim can
   finish the work of its owner.
3. An execution's name is used once, and attempt n+1 is started only when attempts 1 to n failed:
   of a run's attempts at most one succeeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING

from lambdas.dispatch.ports import UNSUCCESSFUL
from lambdas.dispatch.runs import (
    MAX_OBJECTS,
    Origin,
    Run,
    attempt_name,
    by_origin,
    distinct,
    portioned,
    run_digest,
    run_input,
)
from lambdas.lake.errors import RetryableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lambdas.dispatch.manifests import Manifests
    from lambdas.dispatch.ports import Claims, Executions
    from lambdas.lake.documents import RawObject


def at_once(_origin: Origin) -> None:
    """Waits for nothing."""


class ExecutionNotVisibleError(RetryableError):
    """The name is taken, but the execution cannot be described yet: its status is unknown."""


class Outcome(Enum):
    STARTED = "started"
    STANDING = "standing"
    """An attempt runs or has succeeded."""
    EXHAUSTED = "exhausted"
    """All attempts that may start by themselves have failed: a redrive is needed."""


@dataclass(frozen=True)
class Decision:
    """What became of a run; `name` is the started attempt, or else the run; `size` in bytes."""

    outcome: Outcome
    name: str
    objects: int
    size: int = 0

    @classmethod
    def of(cls, outcome: Outcome, name: str, run: Run) -> Decision:
        return cls(outcome, name, len(run.objects), sum(each.size for each in run.objects))


@dataclass
class Dispatcher:
    """`max_attempts` bounds what starts without an operator, `max_objects` the size of a run."""

    claims: Claims
    executions: Executions
    manifests: Manifests
    max_attempts: int = 5
    max_objects: int = MAX_OBJECTS

    def dispatch(
        self, objects: Iterable[RawObject], wait: Callable[[Origin], object] = at_once
    ) -> list[Decision]:
        """Sees to it that each object is in a run, whichever run that is.

        What the API changed is first, and in runs of its own; for each origin it waits as it is
        told. Runs of others are looked after last, so that they cannot hold up these objects.
        """
        decisions: dict[str, Decision | None] = {}
        owners: set[str] = set()
        for origin, alike in by_origin(distinct(objects)).items():
            wait(origin)
            for candidates in portioned(alike, self.max_objects):
                digest = run_digest(candidates)
                self.manifests.keep_candidates(digest, candidates)
                claimed = self.claims.claim(candidates, digest)
                decisions[digest] = self._start_owned(digest, candidates, claimed)
                owners |= set(claimed.values())
        for other in sorted(owners - decisions.keys()):
            decisions[other] = self.resume(other)
        return [decision for decision in decisions.values() if decision]

    def resume(self, digest: str) -> Decision | None:
        """Finishes what a dispatch began; None if the digest owns nothing."""
        if self._next_attempt(digest) is None:
            return Decision(Outcome.STANDING, digest, 0)
        candidates = self.manifests.candidates(digest)
        return self._start_owned(digest, candidates, self.claims.claim(candidates, digest))

    def redrive(self, base: str) -> Decision:
        """The next attempt of a failed run, however many there were.

        Raises ObjectMissingError if there never was such a run.
        """
        attempt = self._next_attempt(base)
        if attempt is None:
            return Decision(Outcome.STANDING, base, 0)
        return self.start(self.manifests.run(base), attempt, bound=None)

    def would_redrive(self, base: str) -> Decision:
        """What a redrive would do, without doing it. Raises as it does."""
        attempt = self._next_attempt(base)
        if attempt is None:
            return Decision(Outcome.STANDING, base, 0)
        return Decision.of(Outcome.STARTED, attempt_name(base, attempt), self.manifests.run(base))

    def stands(self, base: str) -> bool:
        """Whether an attempt of the run is under way or has succeeded."""
        return self._next_attempt(base) is None

    def newest(self, base: str) -> tuple[str, str | None]:
        """Name and status of the newest attempt; None if none can be seen yet."""
        newest: tuple[str, str | None] = base, None
        for attempt in self._attempts(base):
            newest = attempt
        return newest

    def start(self, run: Run, attempt: int = 1, *, bound: int | None) -> Decision:
        """Starts the first attempt whose name is free, unless one stands or `bound` is reached."""
        while bound is None or attempt <= bound:
            manifest = run.manifest(attempt)
            self.manifests.write(manifest)
            if self.executions.start(manifest.run, run_input(manifest.run)):
                return Decision.of(Outcome.STARTED, manifest.run, run)
            free = self._next_attempt(run.base)
            if free is None:
                return Decision.of(Outcome.STANDING, run.base, run)
            if free <= attempt:
                raise ExecutionNotVisibleError(f"{manifest.run}: started, but not described yet")
            attempt = free
        return Decision.of(Outcome.EXHAUSTED, run.base, run)

    def _start_owned(
        self, digest: str, candidates: list[RawObject], owners: dict[RawObject, str]
    ) -> Decision | None:
        owned = [each for each in candidates if owners[each] == digest]
        if not owned:
            return None
        return self.start(Run.live(digest, owned), bound=self.max_attempts)

    def _next_attempt(self, base: str) -> int | None:
        """The first attempt that does not exist; None if one that exists has not failed."""
        failed = 0
        for _, status in self._attempts(base):
            if status not in UNSUCCESSFUL:
                return None
            failed += 1
        return failed + 1

    def _attempts(self, base: str) -> Iterator[tuple[str, str]]:
        """Name and status of each that exists, in order."""
        names = (attempt_name(base, attempt) for attempt in count(1))
        for name in names:
            status = self.executions.status(name)
            if status is None:
                return
            yield name, status
