"""The laptop's and the operators' commands; the Makefile names each of them."""

from __future__ import annotations

import argparse
import csv
import json
import os
import shlex
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text

from local import logins, operate, options
from local.alarm_table import show_alarms
from local.alarms import AlarmError, look
from local.backfill import backfill
from local.cloud import CLOUDS, Cloud, clouds
from local.demo import run as run_demo
from local.deployment import NoCloudError
from local.drop import drop
from local.erase import erase
from local.processes import ServerError
from local.progress import Progress
from local.queries import ENGINES, QueryError, ask
from local.report import rows_table
from local.run_explained import explain
from local.run_tables import as_json, show_run, show_runs
from local.runs import RunsError, find_run, list_runs
from local.traffic import TrafficError
from stacks.settings import Auth, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.deployment import Deployment

EXPECTED = (
    AlarmError,
    NoCloudError,
    ServerError,
    QueryError,
    TrafficError,
    operate.OperateError,
    RunsError,
    SettingError,
    BotoCoreError,
    ClientError,
)
"""Failures whose message says all that a user needs."""
OPERATIONS: dict[str, Callable[..., dict[str, Any]]] = {
    **operate.OPERATIONS,
    "backfill": backfill,
    "drop": drop,
    "erase": erase,
}
SQL_VARIABLE = "MERCADO_SQL"
"""How `make query` hands over SQL: no shell may read it on the way."""


def demo(arguments: argparse.Namespace) -> int:
    return 0 if run_demo(Progress(), scale=arguments.scale, seed=arguments.seed) else 1


def cloud(arguments: argparse.Namespace) -> int:
    """Leaves a cloud running and says how to reach it; one that runs already is kept."""
    progress = Progress()
    mine = Cloud(CLOUDS / "cloud", {"auth": arguments.auth, "pulls": arguments.pulls})
    if not mine.alive:
        try:
            mine.up(progress)
        except BaseException:
            mine.down()
            raise
    access = mine.access
    lines = {"API": access.api_url, **access.environment}
    progress.console.print("\nA cloud runs here. In a shell:\n")
    for name, value in lines.items():
        progress.console.print(Text(f"export {name}={shlex.quote(value)}"), soft_wrap=True)
    progress.console.print(
        "\n`export TOKEN=$(make token)` signs you in; `make query SQL=…` asks Athena; "
        "`make down` ends it all.",
        soft_wrap=True,
    )
    return 0


def token(arguments: argparse.Namespace) -> int:
    """Signs in to the laptop's cloud; an access token, for an hour."""
    access = Cloud(CLOUDS / "cloud").access
    print(logins.token(access, arguments.who))  # noqa: T201  # the command's output
    return 0


def down(_: argparse.Namespace) -> int:
    for each in clouds():
        each.down()
    return 0


def warehouse(arguments: argparse.Namespace) -> int:
    """Takes the warehouse away from the cloud that runs, or brings it back with its data."""
    mine = Cloud(CLOUDS / "cloud")
    with Progress().step(f"Warehouse: {arguments.act_on}"):
        mine.stop_warehouse() if arguments.act_on == "stop" else mine.start_warehouse()
    return 0


def query(arguments: argparse.Namespace) -> int:
    """Asks an engine; a table on a terminal, tab-separated lines in a pipe."""
    sql = arguments.sql or os.environ.get(SQL_VARIABLE, "")
    if not sql.strip():
        raise QueryError('there is no SQL: make query SQL="SELECT COUNT(*) FROM sales"')
    rows = ask(asked(arguments), arguments.engine, sql)
    if sys.stdout.isatty():
        Console().print(rows_table(arguments.engine, rows))
    else:
        writer = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
        writer.writerows([rows.columns, *rows.rows])
    return 0


def runs(arguments: argparse.Namespace) -> int:
    """Lists the newest runs."""
    found = list_runs(
        asked(arguments), count=arguments.count, since=arguments.since, failed=arguments.failed
    )
    if arguments.format == "json":
        print(as_json(found))  # noqa: T201  # the command's output
    else:
        show_runs(Progress().console, found)
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Explains one run, and says what to do next."""
    if not arguments.run:
        raise RunsError("which run? make run RUN=… takes a name, or how it begins: see make runs")
    told = explain(asked(arguments), arguments.run)
    if arguments.format == "json":
        print(as_json(told))  # noqa: T201  # the command's output
    else:
        show_run(Progress().console, told)
    return 0


def alarms(arguments: argparse.Namespace) -> int:
    """Shows every alarm: its state now, and when it was last raised."""
    seen = look(asked(arguments), arguments.hours, datetime.now(UTC))
    show_alarms(Progress().console, seen)
    return 0


def operation(arguments: argparse.Namespace) -> int:
    """Calls one of the deployed functions; its answer goes to the output as JSON."""
    deployment = asked(arguments)
    given = {name: getattr(arguments, name) for name in arguments.given}
    if given.get("run"):
        given["run"] = find_run(deployment, given["run"])
    with Progress(Console(stderr=True)).step(arguments.command) as say:
        outcome = OPERATIONS[arguments.command](deployment, say, **given)
    print(json.dumps(outcome, indent=2))  # noqa: T201  # the command's output
    return 0


def asked(arguments: argparse.Namespace) -> Deployment:
    """The deployment that the options name, which is told to the person who asks."""
    deployment = options.deployment(arguments)
    Console(stderr=True).print(Text(f"Asking {deployment.where}", style="dim"), soft_wrap=True)
    return deployment


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, act: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=act.__doc__)
        command.set_defaults(act=act)
        return command

    demo_parser = add("demo", demo)
    demo_parser.add_argument("--scale", type=int, default=1)
    demo_parser.add_argument("--seed", type=int, default=1)
    begun = add("cloud", cloud)
    begun.add_argument("--auth", choices=get_args(Auth), default="on")
    begun.add_argument("--pulls", default="", help="names of files in sources/pulls/, with commas")
    add("token", token).add_argument("--who", choices=logins.EVERYBODY, default=logins.ADMIN)
    add("down", down)
    query_parser = add("query", query)
    query_parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    query_parser.add_argument("sql", nargs="?", help=f"or {SQL_VARIABLE} in the environment")
    add("warehouse", warehouse).add_argument("act_on", choices=("stop", "start"))
    runs_parser, run_parser = add("runs", runs), add("run", run)
    runs_parser.add_argument("--count", type=options.count, default=20)
    runs_parser.add_argument("--since", type=options.moment, help="as 24h, 7d or 2026-03-17")
    runs_parser.add_argument("--failed", **options.FLAG)
    run_parser.add_argument("--run", help="its name, or how that begins")
    for each in (runs_parser, run_parser):
        each.add_argument("--format", choices=("table", "json"), default="table")
    alarms_parser = add("alarms", alarms)
    alarms_parser.add_argument("--hours", type=options.count, default=3, help="to look back")
    operations = {name: add(name, operation) for name in OPERATIONS}
    options.add_operations(operations)
    for each in (query_parser, runs_parser, run_parser, alarms_parser, *operations.values()):
        options.add_deployment(each)
    return parser.parse_args()


def main() -> int:
    # A terminated demo cleans up as an interrupted one does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments = parse()
    try:
        outcome: int = arguments.act(arguments)
    except EXPECTED as error:
        Console(stderr=True).print(Text(str(error), style="red"), soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return outcome


if __name__ == "__main__":
    sys.exit(main())
