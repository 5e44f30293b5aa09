"""Operators' commands: each calls one of the deployed functions, as it would on an account."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.access import Access

REPLAY_SECONDS = 600


class OperateError(Exception):
    """The function failed; the message is its error."""


def call(access: Access, function: str, event: dict[str, Any]) -> dict[str, Any]:
    """Invokes the function that the stacks' output `<function>Function` names."""
    answer = access.client("lambda").invoke(
        FunctionName=access.outputs[f"{function}Function"], Payload=json.dumps(event)
    )
    outcome: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise OperateError(f"{function}: {outcome.get('errorMessage', outcome)}")
    return outcome


def redrive(access: Access) -> dict[str, Any]:
    """Starts the next attempt of every failed run."""
    return call(access, "Operate", {"action": "redrive"})


def sweep(access: Access) -> dict[str, Any]:
    """Dispatches raw objects that no run has taken."""
    return call(access, "Operate", {"action": "sweep"})


def resync(access: Access) -> dict[str, Any]:
    """Scans the operational table into raw."""
    outcome = call(access, "Resync", {})
    pages = [outcome]
    while outcome.get("next"):
        outcome = call(access, "Resync", outcome["next"])
        pages.append(outcome)
    return {"pages": pages}


def replay(access: Access) -> dict[str, Any]:
    """Rebuilds gold from raw beside the live one and compares the two."""
    replay_id = time.strftime("%Y%m%dt%H%M%S", time.gmtime()) + uuid.uuid4().hex[:6]
    started = call(access, "Operate", {"action": "replay", "replay": replay_id})
    _wait_for_runs(access, f"replay-{replay_id}")
    compared = call(access, "Replay", {"action": "compare", "replay": replay_id})
    return {"replay": replay_id, "started": started, "compared": compared}


def _wait_for_runs(access: Access, prefix: str) -> None:
    machine = access.outputs["StateMachineArn"]
    deadline = time.monotonic() + REPLAY_SECONDS
    while time.monotonic() < deadline:
        executions = access.client("stepfunctions").list_executions(stateMachineArn=machine)
        states = {
            each["name"]: each["status"]
            for each in executions["executions"]
            if each["name"].startswith(prefix)
        }
        failed = [name for name, status in states.items() if status not in {"RUNNING", "SUCCEEDED"}]
        if failed:
            raise OperateError(f"replay runs failed: {', '.join(failed)}")
        if states and all(status == "SUCCEEDED" for status in states.values()):
            return
        time.sleep(0.5)
    raise OperateError(f"the replay's runs did not end within {REPLAY_SECONDS} s")


OPERATIONS: dict[str, Callable[[Access], dict[str, Any]]] = {
    "redrive": redrive,
    "replay": replay,
    "resync": resync,
    "sweep": sweep,
}
