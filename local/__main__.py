"""The laptop's commands; the Makefile names each of them."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from typing import TYPE_CHECKING

from rich.console import Console

from local import operate
from local.access import NoCloudError
from local.cloud import CLOUDS, Cloud, DeployError, clouds
from local.demo import run as run_demo
from local.processes import ServerError
from local.progress import Progress
from local.queries import ENGINES, QueryError, ask
from local.report import rows_table
from local.traffic import TrafficError

if TYPE_CHECKING:
    from collections.abc import Callable

EXPECTED = (NoCloudError, DeployError, ServerError, QueryError, TrafficError, operate.OperateError)
"""Failures whose message says all that a user needs."""


def demo(arguments: argparse.Namespace) -> int:
    return 0 if run_demo(Progress(), scale=arguments.scale, seed=arguments.seed) else 1


def cloud(_: argparse.Namespace) -> int:
    """Leaves a cloud running and says how to reach it."""
    progress = Progress()
    running = Cloud(CLOUDS / "cloud")
    try:
        access = running.up(progress)
    except BaseException:
        running.down()
        raise
    console = progress.console
    console.print(f"\nAPI      {access.api_url}\nendpoint {access.endpoint}", soft_wrap=True)
    console.print(f"CA file  {access.certificate}\nIn a shell:\n", soft_wrap=True)
    for name, value in access.environment.items():
        console.print(f"export {name}={value}", soft_wrap=True, highlight=False)
    console.print("\n`make query SQL=…` asks Athena; `make down` ends it all.")
    return 0


def down(_: argparse.Namespace) -> int:
    for each in clouds():
        each.down()
    return 0


def query(arguments: argparse.Namespace) -> int:
    rows = ask(Cloud(CLOUDS / "cloud").access, arguments.engine, arguments.sql)
    Console().print(rows_table(arguments.engine, rows))
    return 0


def operation(arguments: argparse.Namespace) -> int:
    access = Cloud(CLOUDS / "cloud").access
    outcome = operate.OPERATIONS[arguments.command](access)
    print(json.dumps(outcome, indent=2))  # noqa: T201  # the command's output
    return 0


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
    add("cloud", cloud)
    add("down", down)
    query_parser = add("query", query)
    query_parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    query_parser.add_argument("sql")
    for name in operate.OPERATIONS:
        add(name, operation)
    return parser.parse_args()


def main() -> int:
    # A terminated demo cleans up as an interrupted one does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments = parse()
    try:
        outcome: int = arguments.act(arguments)
    except EXPECTED as error:
        Console(stderr=True).print(f"[red]{error}[/]", highlight=False)
        return 1
    except KeyboardInterrupt:
        return 130
    return outcome


if __name__ == "__main__":
    sys.exit(main())
