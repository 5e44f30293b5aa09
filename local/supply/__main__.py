"""The supply chain's commands: `lock`, `check`, `audit`, `sbom`; each says with -h what it does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from local.supply import boms, licences, locks
from local.supply.audits import AuditError, Verdict, audits, verdict
from local.supply.secrets import secrets
from stacks.policy import findings

ROOT = Path(__file__).parents[2]
BOMS = ROOT / ".build" / "sbom"
ACKNOWLEDGED = Path(__file__).parent / "acknowledged"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.supply", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    lock = commands.add_parser("lock", help="resolve all dependencies and write their hashes")
    lock.add_argument("--upgrade", action="store_true", help="take newer versions where allowed")
    commands.add_parser("check", help="fail unless everything is in order; needs no network")
    commands.add_parser("audit", help="fail if there are known vulnerabilities in what is locked")
    commands.add_parser("sbom", help=f"write bills of materials into {BOMS.relative_to(ROOT)}")
    options = parser.parse_args()
    if options.command == "lock":
        locks.renew(ROOT, upgrade=options.upgrade)
        return 0
    if options.command == "sbom":
        return _report(Verdict([], [str(each) for each in boms.write(ROOT, BOMS)]))
    return _report(_audited() if options.command == "audit" else _checked())


def _checked() -> Verdict:
    reasons = findings.read(ACKNOWLEDGED, "licences.toml")
    wrong = locks.stale(ROOT) + findings.judge(licences.findings(ROOT), reasons) + secrets(ROOT)
    told = f"{len(locks.LOCKS)} locks; licences permissive, or with {len(reasons)} reasons"
    return Verdict(wrong, [] if wrong else [f"{told}; no secrets"])


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
