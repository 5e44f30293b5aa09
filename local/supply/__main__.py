"""`lock` renews the lock files, `check` says what is not in order, `audit` asks the registries."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from local.supply import locks
from local.supply.audits import AuditError, Verdict, audits, verdict
from stacks.policy import findings

ROOT = Path(__file__).parents[2]
ACKNOWLEDGED = Path(__file__).parent / "acknowledged"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.supply", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    lock = commands.add_parser("lock", help="resolve all dependencies and write their hashes")
    lock.add_argument("--upgrade", action="store_true", help="take newer versions where allowed")
    commands.add_parser("check", help="fail unless everything is in order; needs no network")
    commands.add_parser("audit", help="fail if there are known vulnerabilities in what is locked")
    options = parser.parse_args()
    if options.command == "lock":
        locks.renew(ROOT, upgrade=options.upgrade)
        return 0
    return _report(_audited() if options.command == "audit" else _checked())


def _checked() -> Verdict:
    return Verdict(locks.stale(ROOT), [f"locks hold: {len(locks.LOCKS)} of them"])


def _audited() -> Verdict:
    try:
        return verdict(audits(), findings.read(ACKNOWLEDGED, "advisories.toml"))
    except AuditError as error:
        return Verdict([str(error)], [])


def _report(found: Verdict) -> int:
    """Exit status: what is wrong fails."""
    for sentence in found.told:
        sys.stdout.write(f"{sentence}\n")
    for sentence in found.wrong:
        sys.stderr.write(f"{sentence}\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
