"""Writes down what each role asks the emulator for, once each: `make permissions` reads it.

Runs under the emulator's own Python; the internal of MiniStack 1.5.33 that it wraps is what decides
every request that is signed with a role's credentials.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator

FILE = "MERCADO_ASKED"
"""The variable that names the file; without it nothing is written."""

seen: set[tuple[str, str, str]] = set()
evaluate = iam_evaluator.evaluate


def evaluate_and_note(context: Any, *policies: Any) -> Any:
    """In place of `iam_evaluator.evaluate`, which decides by an identity's policies."""
    result = evaluate(context, *policies)
    if result.decision == "Allow":
        note(context.principal_arn, context.action, context.resource_arn)
    return result


def note(arn: str, action: str, resource: str) -> None:
    """A line for the first time that a role asks this: `arn:aws:sts::…:assumed-role/<role>/…`."""
    _, _, session = arn.partition(":assumed-role/")
    role = session.split("/")[0]
    if not role or (role, action, resource) in seen:
        return
    seen.add((role, action, resource))
    with Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"role": role, "action": action, "resource": resource}) + "\n")


def install() -> None:
    if FILE in os.environ:
        iam_evaluator.evaluate = evaluate_and_note
