"""Writes the generated blocks of docs/; with `--check`, says which pages are not up to date.

A block stands in a page between `<!-- generated: NAME -->` and `<!-- end: NAME -->`.
"""

from __future__ import annotations

import argparse
import sys

from local.docs.blocks import refresh
from local.docs.generated import BLOCKS, PAGES

STALE = "the code says otherwise than docs/: `python -m local.docs`, and commit these pages\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    stale = refresh(PAGES, BLOCKS, write=not check)
    for page in stale:
        sys.stdout.write(f"{'stale' if check else 'written'}: {page.relative_to(PAGES)}\n")
    if stale and check:
        sys.stderr.write(STALE)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
