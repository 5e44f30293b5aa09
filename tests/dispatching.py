"""The world that dispatch acts on, in memory: claims, executions, raw objects; and its crashes."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lambdas.dispatch.dispatcher import Dispatcher
from lambdas.dispatch.manifests import Manifests
from lambdas.dispatch.ports import UNSUCCESSFUL, Listed, Mark
from lambdas.dispatch.runs import base_of
from lambdas.dispatch.sweep import Sweep, Window
from lambdas.lake.documents import Manifest, RawObject
from lambdas.lake.layout import RunKeys
from tests.fakes import FakeLake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

PAYLOAD_LIMIT = 256 * 1024
NOW = datetime(2026, 3, 17, 12, tzinfo=UTC)
RUNNING, SUCCEEDED, FAILED = "RUNNING", "SUCCEEDED", "FAILED"


class CrashError(Exception):
    """The process ends here; what it had done stays done."""


def always() -> bool:
    return True


def raw(number: int, version: str = "v1") -> RawObject:
    return RawObject(f"raw/customer/dt=2026-03-17/{number:06d}.ndjson.gz", version, size=100)


@dataclass
class Faults:
    """Called before and after every operation; ends the process at the one that is due."""

    crash_in: int | None = None
    step: Callable[[], None] = lambda: None

    def before(self, _operation: str, _key: str) -> None:
        self.step()
        self._count()

    def after(self, _operation: str, _key: str) -> None:
        self._count()

    def _count(self) -> None:
        if self.crash_in is None:
            return
        self.crash_in -= 1
        if self.crash_in < 0:
            self.crash_in = None
            raise CrashError


@dataclass
class FakeClaims:
    faults: Faults
    table: dict[tuple[str, str], str] = field(default_factory=dict)

    def claim(self, objects: Sequence[RawObject], digest: str) -> dict[RawObject, str]:
        return {each: self._claim(each, digest) for each in objects}

    def _claim(self, item: RawObject, digest: str) -> str:
        self.faults.before("claim", item.key)
        owner = self.table.setdefault((item.key, item.version_id), digest)
        self.faults.after("claim", item.key)
        return owner

    def owners(self, objects: Sequence[RawObject]) -> dict[RawObject, str]:
        self.faults.before("owners", "")
        found = {each: self.table.get((each.key, each.version_id)) for each in objects}
        return {each: owner for each, owner in found.items() if owner}


@dataclass
class FakeExecutions:
    """Names are used once. An execution cannot run without the manifest that its input names."""

    faults: Faults
    lake: FakeLake
    statuses: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, run_input: str) -> bool:
        self.faults.before("start", name)
        started = name not in self.statuses
        if started:
            assert self.lake.head(json.loads(run_input)["manifest"])
            self.statuses[name] = RUNNING
            self.inputs[name] = run_input
        self.faults.after("start", name)
        return started

    def status(self, name: str) -> str | None:
        self.faults.before("status", name)
        return self.statuses.get(name)

    def running(self) -> list[str]:
        return [name for name, status in self.statuses.items() if status == RUNNING]

    def since(self, moment: datetime) -> Iterator[tuple[str, str]]:
        assert moment < NOW
        return iter(list(self.statuses.items()))

    def unsuccessful(self) -> Iterator[str]:
        return iter([name for name, status in self.statuses.items() if status in UNSUCCESSFUL])


@dataclass
class FakeVersions:
    modified: dict[RawObject, datetime] = field(default_factory=dict)
    days_asked: list[date] = field(default_factory=list)

    def under(self, prefix: str, after: Mark | None = None) -> Iterator[Listed]:
        for each in sorted(self.modified):
            behind = after is None or (each.key, each.version_id) > (after.key, after.version_id)
            if each.key.startswith(prefix) and behind:
                yield Listed(each, self.modified[each])

    def filed_since(self, day: date) -> Iterator[Listed]:
        self.days_asked.append(day)
        first = f"dt={day.isoformat()}"
        return (each for each in self.under("raw/") if each.mark.key.split("/")[2] >= first)


class World:
    """Everything around the dispatcher; objects are an hour old unless said otherwise."""

    def __init__(self, objects: Sequence[RawObject] = (), *, max_objects: int = 1_000) -> None:
        self.faults = Faults()
        self.lake = FakeLake(self.faults.before, self.faults.after)
        self.claims = FakeClaims(self.faults)
        self.executions = FakeExecutions(self.faults, FakeLake(_versions=self.lake._versions))
        self.versions = FakeVersions(dict.fromkeys(objects, NOW - timedelta(hours=1)))
        self.dispatcher = Dispatcher(
            self.claims, self.executions, Manifests(self.lake), max_objects=max_objects
        )

    def sweep(self, *, dry_run: bool = False, prefix: str | None = None) -> Sweep:
        window = Window(NOW, timedelta(days=3), timedelta(minutes=15), prefix)
        return Sweep(self.dispatcher, dry_run).over(self.versions, window, always)

    def finish(self, fails: Callable[[str], bool] = lambda _: False) -> None:
        """Ends all running executions."""
        for name, status in list(self.executions.statuses.items()):
            if status == RUNNING:
                self.executions.statuses[name] = FAILED if fails(name) else SUCCEEDED

    def settle(self, fails: Callable[[str], bool] = lambda _: False) -> None:
        """Lets time pass undisturbed: runs end, the sweeper comes by, as often as it may take."""
        for _ in range(self.dispatcher.max_attempts + 1):
            self.finish(fails)
            self.sweep()
        self.finish(fails)

    def manifest(self, name: str) -> Manifest:
        return Manifest.from_json(self.lake.get(RunKeys(name).manifest).body)

    def promoted(self) -> Counter[RawObject]:
        """How many successful runs each object version is in."""
        done = [name for name, status in self.executions.statuses.items() if status == SUCCEEDED]
        return Counter(each for name in done for each in self.manifest(name).objects)

    def runs(self) -> set[str]:
        return {str(base_of(name)) for name in self.executions.statuses}


@dataclass
class FailsFirst:
    """The first `times` attempts of each run fail."""

    times: int
    failed: Counter[str] = field(default_factory=Counter)

    def __call__(self, name: str) -> bool:
        base = str(base_of(name))
        self.failed[base] += 1
        return self.failed[base] <= self.times
