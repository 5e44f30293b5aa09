"""Mappings of sources, at a desk.

python -m local.sources infer <files>     drafts a mapping out of sample files
python -m local.sources check <mapping> <files>
                                          tells what a mapping would do to files
python -m local.sources schema            writes docs/*.schema.json for editors
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import duckdb

from lambdas.clean.mapping import MappingError, load, parsers
from local.sources.draft import Draft
from local.sources.guesses import Guesses
from local.sources.samples import gathered
from local.sources.schema import files as schemas
from local.sources.trial import tried


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.sources", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    inferring = commands.add_parser("infer", help="draft a mapping out of sample files")
    inferring.add_argument("files", nargs="+", type=Path)
    inferring.add_argument("--name", help="the source's name; without it, the first file's")
    checking = commands.add_parser("check", help="tell what a mapping would do to files")
    checking.add_argument("mapping", type=Path)
    checking.add_argument("files", nargs="+", type=Path)
    describing = commands.add_parser("schema", help="write the JSON schemas of mappings and pulls")
    describing.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args(arguments)
    if options.command == "infer":
        return infer(options.files, options.name or name_of(options.files[0]))
    if options.command == "check":
        return check(options.mapping, options.files)
    return schema(check=options.check)


def infer(files: list[Path], name: str) -> int:
    try:
        samples = gathered(files)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for fault in samples.faults:
        sys.stderr.write(f"{fault}\n")
    with duckdb.connect() as engine:
        engine.execute(parsers())
        sys.stdout.write(Draft(samples, name, Guesses(engine)).text())
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
