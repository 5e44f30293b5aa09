"""Operators' commands: each calls one of the deployed functions, as it would on an account."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.access import Access

REPLAY_SECONDS = 1800
LOOK_SECONDS = 0.5
ONE_LONG_CALL = Config(read_timeout=900, retries={"total_max_attempts": 1})
"""Functions run for up to 15 minutes: a client that gives up earlier would call them again."""


class OperateError(Exception):
    """The function failed, or found what should not be; the message says which."""


def call(access: Access, function: str, event: dict[str, Any]) -> dict[str, Any]:
    """Invokes the function that the stacks' output `<function>Function` names."""
    answer = access.client("lambda", ONE_LONG_CALL).invoke(
        FunctionName=access.outputs[f"{function}Function"], Payload=json.dumps(event)
    )
    outcome: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise OperateError(f"{function}: {outcome.get('errorMessage', outcome)}")
    return outcome


def redrive(access: Access, _say: Callable[[str], None]) -> dict[str, Any]:
    """Starts the next attempt of every failed run."""
    return call(access, "Operate", {"action": "redrive"})


def sweep(access: Access, _say: Callable[[str], None]) -> dict[str, Any]:
    """Dispatches raw objects that no run has taken."""
    return call(access, "Operate", {"action": "sweep"})


def resync(access: Access, say: Callable[[str], None]) -> dict[str, Any]:
    """Scans the operational table into raw."""
    pages = [call(access, "Resync", {})]
    while pages[-1].get("next"):
        say(f"{len(pages)} parts of the table")
        pages.append(call(access, "Resync", pages[-1]["next"]))
    return {"pages": pages}


def replay(access: Access, say: Callable[[str], None]) -> dict[str, Any]:
    """Rebuilds gold from raw beside the live one and compares; raises if they differ."""
    replay_id = time.strftime("%Y%m%dt%H%M%S", time.gmtime()) + uuid.uuid4().hex[:6]
    started = [call(access, "Operate", {"action": "replay", "replay": replay_id})]
    while started[-1].get("next"):
        event = {"action": "replay", "replay": replay_id, "after": started[-1]["next"]}
        started.append(call(access, "Operate", event))
    wait_for_runs(access, f"replay-{replay_id}", say)
    say("comparing")
    compared = call(access, "Replay", {"action": "compare", "replay": replay_id})
    if not compared["equal"]:
        raise OperateError(f"replay {replay_id} differs from gold: {json.dumps(compared)}")
    return {"replay": replay_id, "started": started, "compared": compared}


def wait_for_runs(access: Access, prefix: str, say: Callable[[str], None]) -> None:
    """Waits until all runs of this prefix have succeeded; raises if one fails."""
    deadline = time.monotonic() + REPLAY_SECONDS
    while time.monotonic() < deadline:
        states = _states(access, prefix)
        failed = [name for name, status in states.items() if status not in {"RUNNING", "SUCCEEDED"}]
        if failed:
            raise OperateError(f"runs failed: {', '.join(failed)}")
        done = sum(status == "SUCCEEDED" for status in states.values())
        say(f"{done} of {len(states)} runs")
        if states and done == len(states):
            return
        time.sleep(LOOK_SECONDS)
    raise OperateError(f"runs {prefix}… did not end within {REPLAY_SECONDS} s")


def _states(access: Access, prefix: str) -> dict[str, str]:
    pages = access.client("stepfunctions").get_paginator("list_executions")
    return {
        each["name"]: each["status"]
        for page in pages.paginate(stateMachineArn=access.outputs["StateMachineArn"])
        for each in page["executions"]
        if each["name"].startswith(prefix)
    }


OPERATIONS: dict[str, Callable[[Access, Callable[[str], None]], dict[str, Any]]] = {
    "redrive": redrive,
    "replay": replay,
    "resync": resync,
    "sweep": sweep,
}
