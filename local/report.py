"""The demo's report: facts gathered once, shown with rich and written as JSON."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from lambdas.lake.layout import CLEANED, GOLD, QUARANTINE, RAW, RUNS, WORK
from local.queries import ENGINES, Rows, ask, named_query
from local.reconcile import Check, Totals, acknowledged_totals, totals
from local.runs import rows_published

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from local.access import Access
    from local.pipeline import Pipeline
    from local.traffic import Acknowledged, Call

ZONES = (RAW, CLEANED, WORK, GOLD, QUARANTINE, RUNS)
RUNS_SHOWN = 12


@dataclass(frozen=True)
class Report:
    """Everything that the demo found. Times are in seconds."""

    arguments: dict[str, int]
    calls: dict[str, dict[str, float]]
    zones: dict[str, dict[str, int]]
    runs: list[dict[str, Any]]
    latency: dict[str, float]
    star_join: dict[str, Rows]
    reconciliation: dict[str, Totals]
    checks: list[Check]

    @classmethod
    def gather(
        cls,
        pipeline: Pipeline,
        acknowledged: Acknowledged,
        *,
        first_seen: Mapping[str, float],
        checks: list[Check],
        arguments: dict[str, int],
    ) -> Report:
        access = pipeline.access
        waits = [
            first_seen[each.transaction_id] - each.answered
            for each in acknowledged.checkouts
            if each.transaction_id in first_seen
        ]
        return cls(
            arguments=arguments,
            calls=_calls(acknowledged.calls),
            zones=_zones(pipeline.keys()),
            runs=_runs(pipeline),
            latency=_quantiles(waits),
            star_join={e: ask(access, e, named_query("star_join")) for e in ENGINES},
            reconciliation=_reconciliation(access, acknowledged),
            checks=checks,
        )

    def write(self, file: Path, steps: Mapping[str, float], seconds: float) -> None:
        """Writes the facts as JSON, with the time of each step and of the whole demo."""
        facts = {**asdict(self), "steps": steps, "seconds": seconds}
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(facts, indent=2, default=str))

    def show(self, console: Console) -> None:
        console.rule("Samn's Mercado")
        console.print(self._calls_table())
        console.print(self._zones_tree())
        console.print(self._runs_table())
        if self.latency:
            console.print(
                f"From a checkout's response to its line in gold: p50 {self.latency['p50']:.1f} s, "
                f"p95 {self.latency['p95']:.1f} s"
            )
        for engine, rows in self.star_join.items():
            console.print(_sales_table(f"Five-way star join, asked of {engine}", rows))
        console.print(self._reconciliation_table())
        for check in self.checks:
            mark = "[green]✓[/]" if check.passed else "[red]✗[/]"
            console.print(f"{mark} {check.name}: {check.sentence}", highlight=False)

    def _calls_table(self) -> Table:
        table = Table("API call", "calls", "p50 ms", "p95 ms", title="API")
        for route, figures in self.calls.items():
            milliseconds = (f"{figures[each] * 1000:.0f}" for each in ("p50", "p95"))
            table.add_row(route, f"{figures['calls']:.0f}", *milliseconds)
        return table

    def _zones_tree(self) -> Tree:
        tree = Tree("Objects per zone")
        for zone, folders in self.zones.items():
            branch = tree.add(f"{zone} [dim]{sum(folders.values())}[/]")
            for folder, count in folders.items():
                branch.add(f"{folder} [dim]{count}[/]")
        return tree

    def _runs_table(self) -> Table:
        states = Counter(run["status"] for run in self.runs)
        title = "Runs: " + ", ".join(f"{count} {state}" for state, count in states.items())
        table = Table("run", "state", "objects", "records", "rows published", "s", title=title)
        for run in self.runs[:RUNS_SHOWN]:
            table.add_row(
                run["run"][:12],
                run["status"],
                str(run["objects"]),
                str(run["records"]),
                str(run["rows"]),
                "-" if run["seconds"] is None else f"{run['seconds']:.1f}",
            )
        if len(self.runs) > RUNS_SHOWN:
            table.caption = f"and {len(self.runs) - RUNS_SHOWN} more"
        return table

    def _reconciliation_table(self) -> Table:
        table = Table("sales in", "lines", "units", "money", title="Reconciliation")
        for where, each in self.reconciliation.items():
            table.add_row(where, str(each.lines), str(each.units), f"{each.money:.2f}")
        return table


def _calls(calls: Sequence[Call]) -> dict[str, dict[str, float]]:
    seconds = defaultdict(list)
    for call in calls:
        seconds[call.route].append(call.seconds)
    return {route: {"calls": len(each), **_quantiles(each)} for route, each in seconds.items()}


def _zones(keys: Iterable[str]) -> dict[str, dict[str, int]]:
    """Objects per zone and the folder below it (`runs/` has one folder a run: counted whole)."""
    counts: dict[str, Counter[str]] = {zone: Counter() for zone in ZONES}
    for key in keys:
        zone, _, rest = key.partition("/")
        if f"{zone}/" not in counts:
            continue
        folder = "documents" if f"{zone}/" == RUNS else rest.partition("/")[0]
        counts[f"{zone}/"][folder] += 1
    return {zone: dict(sorted(folders.items())) for zone, folders in counts.items()}


def _runs(pipeline: Pipeline) -> list[dict[str, Any]]:
    records = {record["run"]: record for record in pipeline.records()}
    return [
        {
            "run": run.name,
            "status": run.status,
            "seconds": run.seconds,
            **_run_counts(records.get(run.name)),
        }
        for run in pipeline.runs()
    ]


def _run_counts(record: dict[str, Any] | None) -> dict[str, int | None]:
    if record is None:
        return {"objects": None, "records": None, "rows": None}
    return {
        "objects": len(record["inputs"]),
        "records": record["counts"]["records"],
        "rows": rows_published(record["tables"].values()),
    }


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {}
    if len(values) == 1:
        return {"p50": values[0], "p95": values[0]}
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return {"p50": cuts[9], "p95": cuts[18]}


def _reconciliation(access: Access, acknowledged: Acknowledged) -> dict[str, Totals]:
    return {
        "the API's answers": acknowledged_totals(acknowledged),
        "gold, by Athena": totals(access, "athena"),
        "the warehouse": totals(access, "warehouse"),
    }


def _sales_table(title: str, rows: Rows) -> Table:
    """The star join's rows in fewer columns; names may be cut, figures never."""
    table = Table(title=title)
    for name in ("item", "customer", "vendor", "category"):
        table.add_column(name, no_wrap=True, ratio=1)
    for name in ("date", "qty", "price", "total"):
        table.add_column(name, no_wrap=True, justify="right", min_width=len("2026-12-31"))
    for row in rows.dicts():
        date = "-".join(f"{int(row[part] or 0):02d}" for part in ("year", "month", "day"))
        customer = f"{row['first_name']} {row['last_name']}"
        names = (row["item_name"], customer, row["vendor_name"], row["category_name"])
        figures = (date, row["qty"], row["unit_price"], row["total_price"])
        table.add_row(*(Text(str(each)) for each in (*names, *figures)))
    return table


def rows_table(title: str, rows: Rows) -> Table:
    table = Table(title=title)
    for column in rows.columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows.rows:
        table.add_row(*(Text("NULL" if value is None else value) for value in row))
    return table
