"""The events of the state machine: a run's order, its tasks, and how they ended."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lambdas.ingest.errors import PullError
from lambdas.ingest.task import Pulled, Task
from lambdas.ingest.windows import Window, window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lambdas.ingest.pulls import Pull

ORDERED = frozenset({"pull", "resources", "window", "accept_losses"})
"""What an execution's input may say; `resources` without which it is all of them."""


def tasks(event: Mapping[str, Any], pull_of: Callable[[str], Pull]) -> list[dict[str, Any]]:
    """`{"run", "started", "order": the execution's input}` -> the event of each resource's task.

    Raises PullError that names what is wrong with the order.
    """
    order, started = event["order"], datetime.fromisoformat(event["started"])
    if not isinstance(order, dict) or not set(order) <= ORDERED:
        raise PullError(f"a pull is started with {sorted(ORDERED)}, not with {order!r}")
    if not isinstance(order.get("pull"), str):
        raise PullError("pull: the name of the pull is missing")
    pull = pull_of(order["pull"])
    days = window(order.get("window"), started)
    if not isinstance(order.get("accept_losses", False), bool):
        raise PullError(f"accept_losses: it is true or false, not {order['accept_losses']!r}")
    return [
        {
            "pull": pull.name,
            "resource": each,
            "run": event["run"],
            "started": event["started"],
            "window": days and days.to_dict(),
            "accept_losses": order.get("accept_losses", False),
            "pulled": asdict(Pulled()),
        }
        for each in _wanted(order.get("resources"), pull)
    ]


def task_of(event: Mapping[str, Any], pull_of: Callable[[str], Pull]) -> Task:
    """An event that `tasks` made, with what the invocation before answered as `pulled`."""
    started = datetime.fromisoformat(event["started"])
    said: Window | None = window(event["window"], started)
    pull = pull_of(event["pull"])
    if event["resource"] not in pull.resources:
        raise PullError(f"{pull.name} has no {event['resource']} any more")
    return Task(
        pull,
        event["resource"],
        event["run"],
        started,
        said,
        event["pulled"]["place"],
        event["accept_losses"],
    )


def answer(event: Mapping[str, Any], done: Pulled) -> dict[str, Any]:
    """What this invocation did, with what those before it did."""
    before = event["pulled"]
    totals = {name: before[name] + getattr(done, name) for name in ("rows", "objects")}
    return {**asdict(done), **totals}


def conclude(ended: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Raises PullError if a resource failed, once all have ended."""
    failed = {each["resource"]: each["failure"] for each in ended if "failure" in each}
    if failed:
        told = "; ".join(f"{name}: {_cause(failure)}" for name, failure in failed.items())
        raise PullError(f"{len(failed)} of {len(ended)} failed: {told}")
    return {each["resource"]: each["pulled"] for each in ended}


def _cause(failure: Mapping[str, Any]) -> str:
    return f"{failure.get('Error')} {failure.get('Cause')}"[:1000]


def _wanted(said: Any, pull: Pull) -> list[str]:
    if said is None:
        return list(pull.resources)
    known = isinstance(said, list) and set(map(str, said)) <= set(pull.resources)
    if not known or not said or len(set(map(str, said))) != len(said):
        raise PullError(f"resources: {said!r} are not some of {sorted(pull.resources)}")
    return [str(each) for each in said]
