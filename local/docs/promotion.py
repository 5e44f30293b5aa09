"""Pictures of the promotion: its state machine, and what each step reads and writes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from local.docs.tables import code, table
from stacks.access import READS, WRITES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stacks.promotion import Step

State = dict[str, Any]
SHAPES = {"Task": '["{}"]', "Map": '[["{}"]]', "Choice": '{{"{}"}}', "Pass": '("{}")'}
EVERYONE = "runs/"
"""Documents of runs, which every step reads and writes: drawn, they would hide the rest."""


def definition(text: str) -> dict[str, Any]:
    """The machine's definition: substitutions that are numbers or booleans read as zero."""
    machine: dict[str, Any] = json.loads(re.sub(r'(?<!["\w:])\$\{\w+\}(?!["\w:])', "0", text))
    return machine


def machine_picture(machine: Mapping[str, Any]) -> str:
    """The states and what follows what; a double frame is a distributed map."""
    lines = ["```mermaid", "flowchart TD", f"  start((start)) --> {_id(machine['StartAt'])}"]
    for name, state in machine["States"].items():
        lines.append(f"  {_id(name)}{SHAPES[state['Type']].format(name)}")
        lines += [f"  {_id(name)} --> {target}" for target in _targets(state)]
    return "\n".join([*lines, "```"])


def machine_table(machine: Mapping[str, Any]) -> str:
    """What each state does and how often it is tried again."""
    rows = (
        (code(name), state.get("Comment", ""), _attempts(state))
        for name, state in machine["States"].items()
    )
    return table(("state", "what it does", "tried again"), rows)


def zones_picture(steps: Mapping[str, Step]) -> str:
    """Which step reads which zone and writes which: the permissions of its role."""
    lines = ["```mermaid", "flowchart LR"]
    prefixes = dict.fromkeys(p for step in steps.values() for p in step.access if p != EVERYONE)
    lines += [f'  {_id(prefix)}[("{prefix}")]' for prefix in prefixes]
    for name, step in steps.items():
        edges = list(_edges(name, step))
        lines += [f'  {_id(name)}["{name}"]'] if edges else []
        lines += [f"  {edge}" for edge in edges]
    return "\n".join([*lines, "```"])


def access_table(steps: Mapping[str, Step]) -> str:
    """The S3 actions of each step's role, by prefix."""
    rows = (
        (code(name), code(prefix), ", ".join(code(each) for each in actions))
        for name, step in steps.items()
        for prefix, actions in step.access.items()
    )
    return table(("step", "prefix", "its role may"), rows)


def _edges(name: str, step: Step) -> Iterator[str]:
    for prefix, actions in step.access.items():
        if prefix == EVERYONE:
            continue
        reads, writes = READS & set(actions), WRITES & set(actions)
        if reads and writes:
            yield f"{_id(prefix)} <--> {_id(name)}"
        elif reads:
            yield f"{_id(prefix)} --> {_id(name)}"
        else:
            yield f"{_id(name)} --> {_id(prefix)}"


def _targets(state: State) -> Iterator[str]:
    if state["Type"] == "Choice":
        yield from (f"|yes| {_id(choice['Next'])}" for choice in state["Choices"])
        yield f"|no| {_id(state['Default'])}"
    elif state.get("End"):
        yield "done((done))"
    else:
        yield _id(state["Next"])
    for caught in state.get("Catch", []):
        yield f"|error| {_id(caught['Next'])}"


def _attempts(state: State) -> str:
    """Of the state, or of the one inside a map: up to how often, and for which errors not."""
    inner = state.get("ItemProcessor", {"States": {"": state}})["States"].values()
    retries = [retry for each in inner for retry in each.get("Retry", [])]
    never = [error for r in retries if not r["MaxAttempts"] for error in r["ErrorEquals"]]
    most = max((retry["MaxAttempts"] for retry in retries), default=0)
    text = f"up to {most} times" if most else "no"
    return f"{text}, but not on {', '.join(never)}" if never else text


def _id(name: str) -> str:
    """A name that Mermaid takes for a node. Lower-case `end` is a word of its own there."""
    return "n_" + re.sub(r"\W+", "_", name).strip("_")
