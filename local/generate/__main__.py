"""Data of all sources, as large, as long and as messy as wished, with the truth about it.

The folder gets `history/<source>/...`, `increment/<source>/...` and `truth.json`; either half goes
under `raw/` of a lake as it is. What is pulled is in `database/` and `api/`, as it is at the end of
either half. The same wish gives the same data.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

from local.generate.objects import Maker
from local.generate.pulled import parts, truth_of_pulls
from local.generate.truth import FILE, Truth
from local.generate.world import Wish, World


def main(arguments: list[str] | None = None) -> int:
    usual = Wish()
    parser = argparse.ArgumentParser(prog="python -m local.generate", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=usual.lines, help="of sales, in all")
    parser.add_argument("--years", type=int, default=usual.years, help="of history")
    parser.add_argument("--days", type=int, default=usual.days, help="of the increment")
    parser.add_argument("--until", type=date.fromisoformat, default=usual.until, help="a day")
    parser.add_argument("--mess", type=float, default=usual.mess, help="share that is twice or bad")
    parser.add_argument("--seed", type=int, default=usual.seed)
    options = vars(parser.parse_args(arguments))
    folder = options.pop("folder")
    wish = Wish(**options)
    if problem := wish.problem:
        parser.error(problem)
    if folder.exists() and any(folder.iterdir()):
        sys.stderr.write(f"{folder} is not empty\n")
        return 1
    truth = generate(wish, folder, Console(stderr=True))
    records = sum(each.records for each in truth.objects.values())
    sys.stdout.write(f"{records} records in {len(truth.objects)} objects; {folder / FILE}\n")
    return 0


def generate(wish: Wish, folder: Path, console: Console) -> Truth:
    """Writes the objects and their truth into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as spill:
        with console.status("The marketplace of it all"):
            world = World(wish, Path(spill))
        maker = Maker(wish, world, folder)
        made = track(maker.objects(), "Objects", total=maker.steps, console=console)
        objects = {each.path: each.truth for each in made}
        for write in track(list(parts(world, folder)), "Pulls", console=console):
            write()
        with console.status("The truth"):
            asked = {name: str(value) for name, value in asdict(wish).items()}
            pulls, files = truth_of_pulls(world), world.halves(pulled=False)
            halves = world.halves(pulled=True)
            truth = Truth(asked, objects, pulls, halves.history, halves.gold, files)
    truth.write(folder)
    return truth


if __name__ == "__main__":
    sys.exit(main())
