"""Holds a deployed gold to the truth about generated data.

The lake must hold nothing else. Of the increment's truth, history is a part.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.generate.objects import HISTORY, INCREMENT
from local.generate.truth import GoldTruth, Truth
from local.options import add_deployment, deployment
from local.queries import ENGINES, ask, named_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.deployment import Deployment


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.generate.compare", description=__doc__)
    parser.add_argument("folder", type=Path, help="that python -m local.generate wrote")
    parser.add_argument("--after", choices=(HISTORY, INCREMENT), default=INCREMENT)
    parser.add_argument("--files", action="store_true", help="nothing was pulled")
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    add_deployment(parser)
    options = parser.parse_args(arguments)
    truth = Truth.read(options.folder)
    halves = truth.files if options.files else truth
    wanted = halves.history if options.after == HISTORY else halves.gold
    found = gold(deployment(options), options.engine)
    for difference in differences(wanted, found):
        sys.stdout.write(f"{difference}\n")
    if found == wanted:
        lines = sum(sold[0] for sold in wanted.sales.values())
        sys.stdout.write(f"{lines} lines in {len(wanted.sales)} months, and members: as made\n")
    return int(found != wanted)


def gold(deployment: Deployment, engine: str) -> GoldTruth:
    """What an engine says of it."""
    months = ask(deployment, engine, named_query("sales_by_month")).rows
    members = ask(deployment, engine, named_query("members")).rows
    return GoldTruth(
        {
            f"{int(year or 0)}-{int(month or 0):02d}": (
                int(lines or 0),
                int(units or 0),
                str(money),
            )
            for year, month, lines, units, money in months
        },
        {str(table): (int(every or 0), int(known or 0)) for table, every, known in members},
    )


def differences(wanted: GoldTruth, found: GoldTruth) -> Iterator[str]:
    """One a month, and one a table."""
    for what, made, there in (
        ("sales of", wanted.sales, found.sales),
        ("members of", wanted.members, found.members),
    ):
        for name in sorted(made.keys() | there.keys()):
            if made.get(name) != there.get(name):
                yield f"{what} {name}: {made.get(name)} were made, {there.get(name)} are there"


if __name__ == "__main__":
    sys.exit(main())
