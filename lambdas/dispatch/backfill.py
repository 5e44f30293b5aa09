"""History, in portions that are promoted one after another beside what comes meanwhile.

Objects under `raw/<source>/backfill/` wait for this; others may be asked for too. A portion is
neighbours by key, so that a partition's objects mostly meet in one run and it is published once.
The runs are ordinary ones: an object that a run has is not promoted again, so that a backfill that
broke off is begun anew, and does what is left.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.dispatcher import Outcome
from lambdas.dispatch.full_pass import LOOKBACK
from lambdas.dispatch.ports import UNSUCCESSFUL
from lambdas.dispatch.runs import MAX_OBJECTS, Candidates, base_of, portioned, run_digest
from lambdas.lake.layout import RAW, BackfillKeys

if TYPE_CHECKING:
    from datetime import datetime

    from lambdas.dispatch.dispatcher import Dispatcher
    from lambdas.dispatch.ports import RawVersions
    from lambdas.lake.documents import RawObject
    from lambdas.lake.objects import ObjectStore

SUCCEEDED = "SUCCEEDED"
OF_ONE_SOURCE = re.compile(rf"{RAW}[^/]+/.*", re.DOTALL)


class PrefixError(ValueError):
    """A backfill of it might promote what another source holds back."""


class EmptyBackfillError(ValueError):
    """There is nothing under the prefix."""


class UnfinishedError(Exception):
    """Not all portions were promoted."""


class ExhaustedError(Exception):
    """A run failed as often as runs may by themselves: it is for an operator."""


def checked_prefix(prefix: object) -> str:
    """The prefix, if all below it is of one source. Raises PrefixError.

    S3's prefixes end anywhere: `raw/hats` is that of `raw/hats-and-shoes/` too.
    """
    if isinstance(prefix, str) and OF_ONE_SOURCE.fullmatch(prefix):
        return prefix
    raise PrefixError(f"prefix: {prefix!r} is not within one source, as {RAW}<source>/backfill/ is")


@dataclass(frozen=True)
class Found:
    """What a backfill of a prefix is about.

    What is older than claims last may have been promoted, and is passed over: `old` is how many.
    """

    portions: list[list[RawObject]]
    old: int

    @classmethod
    def under(
        cls, versions: RawVersions, prefix: str, now: datetime, max_objects: int = MAX_OBJECTS
    ) -> Found:
        """Raises EmptyBackfillError."""
        listed = list(versions.under(prefix))
        young = [each.object for each in listed if each.modified > now - LOOKBACK]
        if not young:
            old = f", but {len(listed)} objects that are older than {LOOKBACK.days} days"
            raise EmptyBackfillError(f"there is nothing under {prefix}{old if listed else ''}")
        return cls(list(portioned(young, max_objects)), len(listed) - len(young))


@dataclass(frozen=True)
class Backfill:
    """One execution of the backfill's state machine."""

    store: ObjectStore
    dispatcher: Dispatcher
    name: str
    portion_objects: int = MAX_OBJECTS

    @property
    def keys(self) -> BackfillKeys:
        return BackfillKeys(self.name)

    def plan(self, versions: RawVersions, prefix: str, now: datetime) -> dict[str, Any]:
        """Writes the portions of what is found under the prefix. Raises EmptyBackfillError."""
        items, found = [], Found.under(versions, prefix, now, self.portion_objects)
        for number, portion in enumerate(found.portions):
            body = Candidates(run_digest(portion), portion).to_json()
            self.store.put(self.keys.portion(number), body)
            size = sum(each.size for each in portion)
            items.append({"number": number, "objects": len(portion), "bytes": size})
        self.store.put(self.keys.portions, json.dumps(items).encode())
        return {
            "backfill": self.name,
            "portions": self.keys.portions,
            "count": len(items),
            "passed_over": found.old,
        }

    def start(self, number: int) -> list[str]:
        """The runs that have the portion's objects; those that failed get their next attempt.

        Raises ExhaustedError.
        """
        portion = Candidates.from_json(self.store.get(self.keys.portion(number)).body)
        decisions = self.dispatcher.dispatch(portion.objects)
        if spent := [each.name for each in decisions if each.outcome is Outcome.EXHAUSTED]:
            raise ExhaustedError(f"portion {number}: runs failed, see make run RUN={spent[0]}")
        return [base_of(each.name) or each.name for each in decisions]

    def look(self, number: int, runs: list[str]) -> str:
        """`running`, `failed` or `done`, which is noted."""
        attempts = dict(map(self.dispatcher.newest, runs))
        statuses = set(attempts.values())
        if statuses & UNSUCCESSFUL:
            return "failed"
        if statuses - {SUCCEEDED}:
            return "running"
        self.store.put(self.keys.done(number), json.dumps({"runs": sorted(attempts)}).encode())
        return "done"

    def conclude(self, count: int) -> dict[str, Any]:
        """Raises UnfinishedError with the portions that were not promoted."""
        done = set(self.store.keys(self.keys.all_done))
        missing = [number for number in range(count) if self.keys.done(number) not in done]
        if missing:
            raise UnfinishedError(f"portions {missing} were not promoted: make redrive, then again")
        return {"backfill": self.name, "portions": count}
