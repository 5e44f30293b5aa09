"""Mappings of sources, at a desk.

python -m local.sources infer <files>     drafts a mapping out of sample files, one for each kind
python -m local.sources check <mapping> <files>
                                          tells what a mapping would do to files
python -m local.sources schema            writes docs/*.schema.json for editors
"""

from __future__ import annotations

import argparse
import re
import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from lambdas.clean.mapping import MappingError, load, parsers
from local.sources.draft import Draft
from local.sources.guesses import Guesses
from local.sources.samples import gathered, kinds
from local.sources.schema import files as schemas
from local.sources.trial import tried

if TYPE_CHECKING:
    from local.sources.samples import Samples


MOST_FAULTS = 5
"""Rows that cannot be read, of which each is told."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.sources", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    inferring = commands.add_parser("infer", help="draft a mapping out of sample files")
    inferring.add_argument("files", nargs="+", type=Path)
    inferring.add_argument("--name", help="the shop's name; without it, the files' own")
    checking = commands.add_parser("check", help="tell what a mapping would do to files")
    checking.add_argument("mapping", type=Path)
    checking.add_argument("files", nargs="+", type=Path)
    describing = commands.add_parser("schema", help="write the JSON schemas of mappings and pulls")
    describing.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args(arguments)
    if options.command == "infer":
        return infer(options.files, options.name)
    if options.command == "check":
        return check(options.mapping, options.files)
    return schema(check=options.check)


def infer(files: list[Path], shop: str | None) -> int:
    """Writes a draft for each kind of files that there is."""
    try:
        found: dict[str, Samples] = {}
        for alike in kinds(files):
            name = name_of(alike[0])
            found[f"{name}-{len(found) + 1}" if name in found else name] = gathered(alike)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    shop, shared = shop or shop_of(list(found)), len(found) > 1
    with duckdb.connect() as engine:
        engine.execute(parsers())
        for name, samples in found.items():
            sys.stderr.writelines(f"{fault}\n" for fault in samples.faults[:MOST_FAULTS])
            if more := len(samples.faults[MOST_FAULTS:]):
                sys.stderr.write(f"and {more} more\n")
            if shared:
                sys.stdout.write(f"# ---- sources/{name}.yaml\n")
            sys.stdout.write(Draft(samples, shop, Guesses(engine), shared=shared).text())
    return 0


def check(path: Path, files: list[Path]) -> int:
    """0 if no record would be refused."""
    try:
        mapping = load(path.read_text(encoding="utf-8"), path.stem)
        trials = [tried(mapping, file) for file in files]
    except (MappingError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for trial in trials:
        sys.stdout.write("\n".join(trial.lines()) + "\n")
    return 0 if all(trial.good for trial in trials) else 1


def name_of(path: Path) -> str:
    """A source's name out of a file's: `Kaufhaus_2026-03.csv.gz` is `kaufhaus`."""
    words = re.findall(r"[a-z]+", path.name.partition(".")[0].lower())
    return "-".join(words) or "source"


def shop_of(names: list[str]) -> str:
    """What the names of several sources begin with; else the first of them."""
    words = zip(*(name.split("-") for name in names), strict=False)
    common = [alike[0] for alike in takewhile(lambda each: len(set(each)) == 1, words)]
    return "-".join(common) or names[0]


def schema(*, check: bool) -> int:
    stale = {
        path: text
        for path, text in schemas().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    for path, text in stale.items():
        if check:
            told = f"{path.name} is stale: `python -m local.sources schema`, and commit it\n"
            sys.stderr.write(told)
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
