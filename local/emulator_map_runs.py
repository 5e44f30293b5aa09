"""Gives the emulator's IAM what AWS's goes by when executions of a map run are listed: its ARN.

MiniStack 1.5.33 knows state machines, executions and activities as resources of Step Functions. For
it, listing a map run's executions is about all resources, so that only a wildcard would allow it.
Runs under the emulator's own Python; the pinned version's internals that it wraps are named here.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions


def resource_arn(
    service: str, method: str, path: str, headers: dict[str, str], body: bytes, *others: Any
) -> str:
    """In place of `iam_actions.extract_resource_arn`."""
    if service == "states" and body and (run := json.loads(body).get("mapRunArn")):
        return str(run)
    return str(known_resource_arn(service, method, path, headers, body, *others))


known_resource_arn = iam_actions.extract_resource_arn


def install() -> None:
    iam_actions.extract_resource_arn = resource_arn
