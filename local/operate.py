"""Operators' commands: each calls one of the deployed functions, wherever these are deployed."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from lambdas.clean.mapping import Mappings
from lambdas.contracts import CONTRACTS
from lambdas.dispatch.listing import BucketVersions
from lambdas.dispatch.runs import portioned
from lambdas.lake.objects import LakeBucket
from lambdas.load.transaction import dimensions_first
from local.arrived import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.deployment import Deployment

SOURCES = Path(__file__).resolve().parents[1] / "sources"
REPLAY_SECONDS = 1800
LOOK_SECONDS = 0.5
LOAD_TRIES = 5
PASSING = {"LoadFailedError", "LoadStillRunsError"}
"""Errors of a load after which another call may succeed."""
ONE_LONG_CALL = Config(read_timeout=900, retries={"total_max_attempts": 1})
"""Functions run for up to 15 minutes: a client that gives up earlier would call them again."""


class OperateError(Exception):
    """The function failed, or found what should not be; the message says which.

    `kind` is the name of the function's own error.
    """

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


def call(deployment: Deployment, function: str, event: dict[str, Any]) -> dict[str, Any]:
    """Invokes the function that the stacks' output `<function>Function` names."""
    answer = deployment.client("lambda", ONE_LONG_CALL).invoke(
        FunctionName=deployment.outputs[f"{function}Function"], Payload=json.dumps(event)
    )
    outcome: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        message = f"{function}: {outcome.get('errorMessage', outcome)}"
        raise OperateError(message, outcome.get("errorType", ""))
    if event.get("dry_run") and not outcome.get("dry_run"):
        raise OperateError(f"{function} knows no dry run: it is older than this, and has done it")
    return outcome


def redrive(
    deployment: Deployment,
    say: Callable[[str], None],
    *,
    run: str | None = None,
    reason: str | None = None,
    source: str | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Starts the next attempt of failed runs: of one, of those that failed so, or of all.

    With a source, its objects are promoted once more instead, by the mapping as it is deployed: all
    of them, or those that have records in quarantine for this reason.
    """
    if source:
        if run:
            raise OperateError("SOURCE is about objects, and RUN about a run: give one of them")
        return _again(deployment, say, source, reason, dry_run=dry_run)
    given = {"run": run, "reason": reason}
    narrowed = {name: value for name, value in given.items() if value}
    return call(deployment, "Operate", {"action": "redrive", "dry_run": dry_run, **narrowed})


def _again(
    deployment: Deployment,
    say: Callable[[str], None],
    source: str,
    reason: str | None,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """As a redrive answers; what the reason does not concern is `passed_over`, by object."""
    known = Mappings.of_folder(SOURCES).by_name
    if source not in known:
        raise OperateError(f"there is no mapping sources/{source}.yaml; there are {sorted(known)}")
    s3, bucket = deployment.client("s3"), deployment.outputs["LakeBucket"]
    listed = BucketVersions(s3, bucket).under(known[source].arrives)
    versions = [each.object for each in listed]
    lake = LakeBucket(s3, bucket)
    wanted = [each for each in versions if not reason or refused(lake, each, reason)]
    say(f"{len(wanted)} of {len(versions)} objects")
    event = {"action": "again", "again": _new_id(), "dry_run": dry_run}
    answers = [
        call(deployment, "Operate", {**event, "objects": [asdict(each) for each in part]})
        for part in portioned(sorted(wanted))
    ]
    counts = ("started", "objects", "bytes", "standing")
    return {
        **{name: sum(answer[name] for answer in answers) for name in counts},
        "names": [name for answer in answers for name in answer["names"]],
        "passed_over": len(versions) - len(wanted) + sum(each["passed_over"] for each in answers),
        "dry_run": dry_run,
        "complete": True,
    }


def _new_id() -> str:
    return time.strftime("%Y%m%dt%H%M%S", time.gmtime()) + uuid.uuid4().hex[:6]


def sweep(
    deployment: Deployment,
    say: Callable[[str], None],
    *,
    prefix: str | None = None,
    days: int | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Dispatches raw objects that no run has taken; `days` is how long ago they may be written."""
    event: dict[str, Any] = {"action": "sweep", "dry_run": dry_run}
    given = {"prefix": prefix, "lookback_days": days}
    event |= {name: value for name, value in given.items() if value is not None}
    pages = [call(deployment, "Operate", event)]
    while pages[-1]["next"]:
        say(f"{sum(page['checked'] for page in pages)} objects")
        pages.append(call(deployment, "Operate", {**event, "after": pages[-1]["next"]}))
    return {"pages": pages}


def resync(
    deployment: Deployment, say: Callable[[str], None], *, dry_run: bool = False
) -> dict[str, Any]:
    """Scans the operational table into raw."""
    pages = [call(deployment, "Resync", {"dry_run": dry_run})]
    while pages[-1].get("next"):
        say(f"{len(pages)} parts of the table")
        pages.append(call(deployment, "Resync", pages[-1]["next"]))
    return {"pages": pages}


def replay(
    deployment: Deployment, say: Callable[[str], None], *, dry_run: bool = False
) -> dict[str, Any]:
    """Rebuilds gold from raw beside the live one and compares; raises if they differ."""
    replay_id = _new_id()
    event = {"action": "replay", "replay": replay_id, "dry_run": dry_run}
    started = [call(deployment, "Operate", event)]
    while started[-1].get("next"):
        started.append(call(deployment, "Operate", {**event, "after": started[-1]["next"]}))
    if dry_run:
        return {"started": started}
    wait_for_runs(deployment, f"replay-{replay_id}", say)
    say("comparing")
    compared = call(deployment, "Replay", {"action": "compare", "replay": replay_id})
    if not compared["equal"]:
        raise OperateError(f"replay {replay_id} differs from gold: {json.dumps(compared)}")
    return {"replay": replay_id, "started": started, "compared": compared}


def load(
    deployment: Deployment, say: Callable[[str], None], *, dry_run: bool = False
) -> dict[str, Any]:
    """Loads all of state into the warehouse, table by table: what runs have not loaded."""
    load_id = _new_id()
    tables = {}
    for contract in dimensions_first(CONTRACTS):
        say(contract.table)
        event = {"state": load_id, "table": contract.table, "dry_run": dry_run}
        tables[contract.table] = _load_table(deployment, event)
    return {"load": f"state-{load_id}", "tables": tables}


def _load_table(deployment: Deployment, event: dict[str, Any]) -> dict[str, Any]:
    """Calls again while the warehouse works, or a run replaced what it was to read."""
    for retry in range(LOAD_TRIES - 1):
        try:
            return call(deployment, "Load", {**event, "retry": retry})
        except OperateError as error:
            if error.kind not in PASSING:
                raise
    return call(deployment, "Load", {**event, "retry": LOAD_TRIES - 1})


def wait_for_runs(deployment: Deployment, prefix: str, say: Callable[[str], None]) -> None:
    """Waits until all runs of this prefix have succeeded; raises if one fails."""
    deadline = time.monotonic() + REPLAY_SECONDS
    while time.monotonic() < deadline:
        states = _states(deployment, prefix)
        failed = [name for name, status in states.items() if status not in {"RUNNING", "SUCCEEDED"}]
        if failed:
            raise OperateError(f"runs failed: {', '.join(failed)}")
        done = sum(status == "SUCCEEDED" for status in states.values())
        say(f"{done} of {len(states)} runs")
        if states and done == len(states):
            return
        time.sleep(LOOK_SECONDS)
    raise OperateError(f"runs {prefix}… did not end within {REPLAY_SECONDS} s")


def _states(deployment: Deployment, prefix: str) -> dict[str, str]:
    pages = deployment.client("stepfunctions").get_paginator("list_executions")
    return {
        each["name"]: each["status"]
        for page in pages.paginate(stateMachineArn=deployment.outputs["StateMachineArn"])
        for each in page["executions"]
        if each["name"].startswith(prefix)
    }


OPERATIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "load": load,
    "redrive": redrive,
    "replay": replay,
    "resync": resync,
    "sweep": sweep,
}
