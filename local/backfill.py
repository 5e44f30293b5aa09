"""`make backfill`: has history promoted, and shows how far it is."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.dispatch.backfill import EmptyBackfillError, Found, PrefixError, checked_prefix
from lambdas.dispatch.full_pass import LOOKBACK
from lambdas.dispatch.listing import BucketVersions
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import RAW, BackfillKeys, RunKeys
from lambdas.lake.objects import LakeBucket
from local.operate import OperateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.deployment import Deployment

LOOK_SECONDS = 2.0
COUNTED = ("records", "accepted", "quarantined", "duplicate", "ignored")


def backfill(
    deployment: Deployment,
    say: Callable[[str], None],
    *,
    prefix: str | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Promotes all that lies under the prefix; raises if any of it could not be.

    One that is under way for the prefix is watched; else one is begun. To stop watching stops
    nothing.
    """
    try:
        prefix = checked_prefix(prefix)
    except PrefixError as error:
        asked = f"which objects? make backfill PREFIX={RAW}<source>/backfill/"
        raise OperateError(f"{asked}: {error}" if prefix else asked) from error
    if dry_run:
        return _would(deployment, prefix)
    running = Running.under_way(deployment, prefix)
    if not running:
        if old := _found(deployment, prefix).old:
            say(f"{old} objects are passed over, as they are older than {LOOKBACK.days} days")
        running = Running.begun(deployment, prefix)
    began = time.monotonic()
    while (status := running.status()) == "RUNNING":
        say(running.progress())
        time.sleep(LOOK_SECONDS)
    answer = running.answer(time.monotonic() - began)
    if status != "SUCCEEDED":
        raise OperateError(f"backfill {running.name}: {status}: {running.cause()}; {answer}")
    return answer


def _would(deployment: Deployment, prefix: str) -> dict[str, Any]:
    found = _found(deployment, prefix)
    return {
        "portions": len(found.portions),
        "objects": sum(len(portion) for portion in found.portions),
        "bytes": sum(each.size for portion in found.portions for each in portion),
        "passed_over": found.old,
        "dry_run": True,
    }


def _found(deployment: Deployment, prefix: str) -> Found:
    versions = BucketVersions(deployment.client("s3"), deployment.outputs["LakeBucket"])
    try:
        return Found.under(versions, prefix, datetime.now(UTC))
    except EmptyBackfillError as error:
        raise OperateError(str(error)) from error


def _named(prefix: str) -> str:
    """How the names of a prefix's backfills begin."""
    return f"backfill-{hashlib.sha256(prefix.encode()).hexdigest()[:12]}-"


@dataclass(frozen=True)
class Running:
    """One execution of the backfill's state machine."""

    deployment: Deployment
    arn: str

    @classmethod
    def under_way(cls, deployment: Deployment, prefix: str) -> Running | None:
        """The one that runs for this prefix."""
        listed = deployment.client("stepfunctions").list_executions(
            stateMachineArn=deployment.outputs["BackfillMachineArn"], statusFilter="RUNNING"
        )
        alike = [each for each in listed["executions"] if each["name"].startswith(_named(prefix))]
        return cls(deployment, alike[0]["executionArn"]) if alike else None

    @classmethod
    def begun(cls, deployment: Deployment, prefix: str) -> Running:
        """A new one."""
        begun = deployment.client("stepfunctions").start_execution(
            stateMachineArn=deployment.outputs["BackfillMachineArn"],
            name=f"{_named(prefix)}{time.strftime('%Y%m%dt%H%M%S', time.gmtime())}",
            input=json.dumps({"prefix": prefix}),
        )
        return cls(deployment, begun["executionArn"])

    @property
    def name(self) -> str:
        return self.arn.rpartition(":")[2]

    def status(self) -> str:
        return str(self._described()["status"])

    def cause(self) -> str:
        described = self._described()
        return f"{described.get('error', '')} {described.get('cause', '')}".strip()

    def progress(self) -> str:
        """In words: how many of its portions are done, and of how many objects."""
        portions, done = self._portions(), self._done_keys()
        if not portions:
            return "listing what there is"
        size = sum(each["bytes"] for each in portions)
        finished = sum(each["bytes"] for each in portions if each["number"] in done)
        return (
            f"{len(done)} of {len(portions)} portions, {finished / 1e6:.0f} of {size / 1e6:.0f} MB"
        )

    def answer(self, seconds: float) -> dict[str, Any]:
        """What its runs counted; `rows_a_second` of the time that it was watched."""
        runs = sorted({run for runs in self._done().values() for run in runs})
        counts: Counter[str] = Counter()
        for run in runs:
            record = json.loads(self._lake.get(RunKeys(run).record).body)
            counts.update({name: record["counts"][name] for name in COUNTED})
        return {
            "backfill": self.name,
            "portions": len(self._portions()),
            "done": len(self._done()),
            "runs": runs,
            "counts": dict(counts),
            "seconds": round(seconds, 1),
            "records_a_second": round(counts["records"] / seconds) if seconds else 0,
        }

    def _described(self) -> dict[str, Any]:
        states = self.deployment.client("stepfunctions")
        described: dict[str, Any] = states.describe_execution(executionArn=self.arn)
        return described

    def _portions(self) -> list[dict[str, Any]]:
        """Empty until they are written."""
        try:
            body = self._lake.get(BackfillKeys(self.name).portions).body
        except ObjectMissingError:
            return []
        found: list[dict[str, Any]] = json.loads(body)
        return found

    def _done(self) -> dict[int, list[str]]:
        """The runs of each portion that is done."""
        return {
            number: json.loads(self._lake.get(key).body)["runs"]
            for number, key in self._done_keys().items()
        }

    def _done_keys(self) -> dict[int, str]:
        """Of the notes of the portions that are done."""
        keys = self._lake.keys(BackfillKeys(self.name).all_done)
        return {int(key.rpartition("/")[2].removesuffix(".json")): key for key in keys}

    @property
    def _lake(self) -> LakeBucket:
        return LakeBucket(self.deployment.client("s3"), self.deployment.outputs["LakeBucket"])
