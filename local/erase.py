"""Erases a customer, and proves it by a search of all that is stored.

The order makes it safe to be killed at any point and called again: the erased version goes out
first, as any change does; what is derived goes before raw; and raw's own records of the person,
from which the addresses are learned, go last. What the person was called is held in memory here
and travels in requests; it is never written or logged.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.erase.person import Person
from lambdas.lake.layout import ERASURES
from local.operate import OperateError, call
from local.warehouse_search import person_in_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.deployment import Deployment

SHOWN_SECONDS = 600
LOOK_SECONDS = 1.0
STAGES = ("derived", "damaged", "raw")
BUCKETS, TABLES = ("lake", "failures"), ("shop", "control")


def erase(
    deployment: Deployment,
    say: Callable[[str], None],
    *,
    customer: int | None = None,
    again: bool = False,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Erases one customer, or again all who were erased before. Raises OperateError on a hit."""
    if (customer is None) != again:
        raise OperateError("whom? make erase CUSTOMER=7, or AGAIN=1 for all who were erased before")
    customers = _erased_before(deployment) if customer is None else [customer]
    reports = []
    for each in customers:
        erasure = Erasure(deployment, each, say)
        reports.append(erasure.plan() if dry_run else erasure.run())
    outcome = {"dry_run": dry_run, "customers": reports}
    hits = sum(report["hits"] for report in reports)
    if hits and not dry_run:
        raise OperateError(f"{hits} places still hold the person: {json.dumps(outcome, indent=2)}")
    return outcome


@dataclass
class Erasure:
    """`rev` is the highest that raw knows of the customer."""

    deployment: Deployment
    customer: int
    say: Callable[[str], None]
    person: Person = field(init=False)
    rev: int = 0

    def __post_init__(self) -> None:
        self.person = Person(self.customer)

    def plan(self) -> dict[str, Any]:
        """What would be changed, by zone."""
        self._learn()
        return {
            "customer": self.customer,
            **{each: self._slices("plan", place=each) for each in BUCKETS},
            **self._tables(),
            "hits": 0,
        }

    def run(self) -> dict[str, Any]:
        self._refuse_during_a_replay()
        self._learn()
        marked = self._call("mark", rev=self.rev)["marked"]
        changed = {"shop": self._slices("erase", place="shop")}
        self._wait_until_published()
        self._learn()  # what was on its way to raw has arrived
        for stage in STAGES:
            changed[stage] = self._slices("erase", place="lake", stage=stage)
        changed["failures"] = self._slices("erase", place="failures")
        proof = {each: self._slices("search", place=each) for each in BUCKETS} | self._tables()
        hits = sum(each["hits"] for each in proof.values())
        return {
            "customer": self.customer,
            "marked": marked,
            "changed": {name: _changes(each) for name, each in changed.items()},
            "proof": proof,
            "hits": hits,
        }

    def _learn(self) -> None:
        after = None
        while True:
            answer = self._call("learn", after=after)
            self.person = self.person.joined(Person.from_dict(self.customer, answer["person"]))
            self.rev = max(self.rev, answer["rev"])
            after = answer["next"]
            if after is None:
                return

    def _tables(self) -> dict[str, Any]:
        searched = {each: self._slices("search", place=each) for each in TABLES}
        self.say("warehouse")
        return searched | {"warehouse": person_in_warehouse(self.deployment, self.person)}

    def _refuse_during_a_replay(self) -> None:
        """It would publish what it read before."""
        answer = self.deployment.client("stepfunctions").list_executions(
            stateMachineArn=self.deployment.outputs["StateMachineArn"], statusFilter="RUNNING"
        )
        running = [each["name"] for each in answer["executions"]]
        if any(name.startswith("replay-") for name in running):
            raise OperateError("a replay is under way: erase when it has ended")

    def _wait_until_published(self) -> None:
        """The erased version has come to gold and warehouse, and so has all that went before."""
        deadline = time.monotonic() + SHOWN_SECONDS
        while self._call("shown")["shown"] or self._in_star():
            if time.monotonic() > deadline:
                raise OperateError(
                    f"gold or warehouse still shows customer {self.customer} after "
                    f"{SHOWN_SECONDS} s: see `make runs`, mend what failed, and erase again"
                )
            self.say("waiting for gold and warehouse")
            time.sleep(LOOK_SECONDS)

    def _in_star(self) -> int:
        found = person_in_warehouse(self.deployment, self.person, schema="store")
        return int(found["hits"])

    def _call(self, action: str, **more: Any) -> dict[str, Any]:
        self.say(" ".join([action, *(each for each in more.values() if isinstance(each, str))]))
        event = {"action": action, "customer": self.customer, "person": self.person.to_dict()}
        return call(self.deployment, "Erase", {**event, **more})

    def _slices(self, action: str, **more: Any) -> dict[str, Any]:
        """The answers of all slices as one."""
        whole: dict[str, Any] = {}
        after = None
        while True:
            answer = self._call(action, **more, after=after)
            after = answer.pop("next")
            whole = joined(whole, answer)
            if after is None:
                return whole


def joined(one: Any, other: Any) -> Any:
    """Answers of two slices: counts add up, lists go on."""
    if isinstance(one, dict):
        return {
            name: joined(one[name], other[name])
            if name in one and name in other
            else one.get(name, other.get(name))
            for name in [*one, *(each for each in other if each not in one)]
        }
    return one + other


def _changes(answer: dict[str, Any]) -> dict[str, Any]:
    """What became of what, by fate; of the table, how many items went."""
    if "zones" not in answer:
        return {"deleted": answer["deleted"]}
    counts: Counter[str] = Counter()
    for zone in answer["zones"].values():
        counts.update({fate: each["objects"] for fate, each in zone["fates"].items()})
    return dict(counts)


def _erased_before(deployment: Deployment) -> list[int]:
    pages = deployment.client("s3").get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=deployment.outputs["LakeBucket"], Prefix=ERASURES)
    keys = [each["Key"] for page in listed for each in page.get("Contents", [])]
    return sorted(int(key.removeprefix(ERASURES).removesuffix(".json")) for key in keys)
