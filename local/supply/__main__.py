"""`python -m local.supply lock` renews the lock files; `check` says what is not in order."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from local.supply import locks

ROOT = Path(__file__).parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.supply", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    lock = commands.add_parser("lock", help="resolve all dependencies and write their hashes")
    lock.add_argument("--upgrade", action="store_true", help="take newer versions where allowed")
    commands.add_parser("check", help="fail unless everything is in order; needs no network")
    options = parser.parse_args()
    if options.command == "lock":
        locks.renew(ROOT, upgrade=options.upgrade)
        return 0
    return _report(locks.stale(ROOT), f"locks hold: {len(locks.LOCKS)} of them")


def _report(sentences: list[str], good: str) -> int:
    for sentence in sentences:
        sys.stderr.write(f"{sentence}\n")
    if not sentences:
        sys.stdout.write(f"{good}\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
