"""Writes docs/openapi.json, the API's document; with --check, fails unless it is up to date.

A change that would break a client is named, and written only with --breaking.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from lambdas.api.openapi.document import document
from lambdas.api.routes import route_table
from local.openapi.compatibility import breaking

if TYPE_CHECKING:
    from lambdas.api.market import Market

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"
NO_MARKET = cast("Market", None)
"""The routes are described, not called."""


def described() -> dict[str, Any]:
    """The document of the code as it is."""
    return document(route_table(NO_MARKET, lambda _: None))


def written(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--breaking", action="store_true", help="a new major version is meant")
    options = parser.parse_args()
    before = FILE.read_text() if FILE.exists() else written(described())
    found = described()
    broken = breaking(json.loads(before), found)
    for sentence in broken:
        sys.stderr.write(f"breaks clients: {sentence}\n")
    if options.check:
        return _report(before, written(found))
    if broken and not options.breaking:
        sys.stderr.write("not written; if this is what you mean: BREAKING=1 make openapi\n")
        return 1
    FILE.write_text(written(found))
    return 0


def _report(before: str, after: str) -> int:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "docs/openapi.json", "the code", lineterm=""
    )
    difference = "\n".join(lines)
    if difference:
        sys.stderr.write(f"{difference}\nThe API's document is another: make openapi writes it.\n")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
