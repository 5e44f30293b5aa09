"""Shows runs on a terminal; as JSON for scripts."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from lambdas.dispatch.ports import UNSUCCESSFUL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from local.run_explained import Explained
    from local.runs import Run

FIGURES = ("records", "accepted", "quarantined", "duplicate", "ignored")
NAME_SHOWN = 8
INPUTS_SHOWN = 20


def as_json(found: Any) -> str:
    """Dataclasses, or a list of them, with moments in ISO 8601."""
    facts = [asdict(each) for each in found] if isinstance(found, list) else asdict(found)
    return json.dumps(facts, indent=2, default=_iso)


def show_runs(console: Console, runs: Sequence[Run]) -> None:
    """A table of runs with their links; a name is cut to what `make run` takes."""
    states = Counter(each.state for each in runs)
    title = "Runs: " + (", ".join(f"{n} {state.lower()}" for state, n in states.items()) or "none")
    table = Table(title=title, box=SIMPLE, padding=(0, 1, 0, 0))
    for name in ("started (UTC)", "run", "state"):
        table.add_column(name, no_wrap=True)
    for name in ("try", "objects", "in", *FIGURES[1:], "rows", "s"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in runs:
        table.add_row(
            _moment(each.started),
            Text(short(each.run), style=f"link {each.link}"),
            _state(each.state),
            str(each.attempt),
            str(each.objects),
            *(_count(each.records[name] if each.records else None) for name in FIGURES),
            _count(each.rows),
            _seconds(each.seconds),
        )
    console.print(table)
    if not runs:
        return
    where, name = runs[0].link.rsplit(":", 1)
    console.print(f"In the console: {where}:<run>", soft_wrap=True, highlight=False)
    console.print(f"One of them: make run RUN={short(name)}", highlight=False)


def show_run(console: Console, told: Explained) -> None:
    run = told.run
    console.print(Text.assemble("Run ", (run.run, "bold"), " ", _state(run.state)))
    goal = f"to {run.target}" if run.target else "to gold"
    line = f"attempt {run.attempt} {goal}, began {_moment(run.started)}, {_seconds(run.seconds)} s"
    console.print(line, highlight=False)
    console.print(run.link, soft_wrap=True, highlight=False, markup=False)
    if told.cause:
        console.print(Text(told.cause, style="red"), soft_wrap=True)
    for table in (_steps(told), _inputs(told), _outputs(told), _quarantined(told), _attempts(told)):
        if table.row_count:
            console.print(table)
    console.print(Text("What to do next", style="bold"))
    for each in told.next:
        console.print(Text(f"- {each}"), soft_wrap=True)


def short(name: str) -> str:
    """The beginning of a name, for people; replays differ behind their id."""
    return name if name.startswith("replay-") else name[:NAME_SHOWN]


def _steps(told: Explained) -> Table:
    table = Table("step", "", "what it did", "s", title="Steps")
    for each in told.steps:
        mark = "[green]✓[/]" if each.done else "[dim]-[/]"
        table.add_row(each.name, mark, Text(each.did), _seconds(each.seconds))
    return table


def _inputs(told: Explained) -> Table:
    batches = ", ".join(map(str, told.batches)) or "not planned"
    title = f"Inputs: {len(told.inputs)} raw object versions (objects per batch: {batches})"
    table = Table("raw object", "version", "bytes", title=title)
    for each in told.inputs[:INPUTS_SHOWN]:
        table.add_row(Text(each["key"], overflow="fold"), each["version_id"], str(each["size"]))
    if len(told.inputs) > INPUTS_SHOWN:
        table.caption = f"and {len(told.inputs) - INPUTS_SHOWN} more (FORMAT=json has all)"
    return table


def _outputs(told: Explained) -> Table:
    figures = ("rows", "inserted", "updated", "superseded", "unchanged")
    table = Table("partition of gold", "generation", *figures, title="Outputs")
    for each in told.outputs:
        counts = (str(each["counts"][name]) for name in figures)
        table.add_row(Text(each["key"]), str(each["generation"]), *counts)
    return table


def _quarantined(told: Explained) -> Table:
    table = Table("reason", "records", "an example, and where it lies", title="Quarantined")
    for each in told.quarantined:
        where = Text(each.key, style="dim", overflow="fold")
        if each.example:
            row, message = each.example["row"], each.example["message"]
            example = f"row {row}: {message}\n{each.example['original']}\n"
            where = Text(example, overflow="fold") + where
        table.add_row(each.reason, str(each.records), where)
    return table


def _attempts(told: Explained) -> Table:
    table = Table("attempt", "run", "state", "started (UTC)", "s", title="Attempts")
    for each in told.attempts:
        table.add_row(
            str(each.attempt),
            Text(each.run, overflow="fold"),
            _state(each.state),
            _moment(each.started),
            _seconds(each.seconds),
        )
    return table


def _state(state: str) -> Text:
    colours = {"SUCCEEDED": "green", "RUNNING": "yellow"}
    return Text(state, style="red" if state in UNSUCCESSFUL else colours.get(state, "dim"))


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else "-"


def _count(count: int | None) -> str:
    return "-" if count is None else str(count)


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f}"


def _iso(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is no fact")
    return value.astimezone(UTC).isoformat()
