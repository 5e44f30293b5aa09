"""Everything that is checked of the synthesized templates, in one synthesis: `make check` runs it.

Drift from the contracts, cdk-nag's packs and our own rules against their acknowledgements, and the
reviewed snapshot. With `--accept`, writes the snapshot instead of comparing it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from local import drift, nag
from local.synthesis import WHOLE, synthesize
from stacks.policy import findings, rules, snapshot
from stacks.policy.deployment import Deployment
from stacks.settings import Settings

if TYPE_CHECKING:
    from local.synthesis import Synthesis

LAKE = "MercadoLake"
STALE = """\
The security-relevant part of the templates is not the reviewed one. If this is what you mean:
`make snapshot`, and commit stacks/policy/snapshot with your change, so that a reviewer sees it.
"""


def policy(synthesis: Synthesis, deployment: Deployment) -> list[str]:
    """Findings that nobody acknowledged, and acknowledgements of nothing, in sentences."""
    found = [*nag.findings(synthesis.app, deployment), *rules.findings(deployment)]
    return findings.judge(found, findings.read())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.check", description=__doc__)
    parser.add_argument("--accept", action="store_true", help="write the snapshot")
    accept = parser.parse_args().accept
    with tempfile.TemporaryDirectory() as folder:
        synthesis = synthesize(Settings(**WHOLE), Path(folder))
        deployment = Deployment(synthesis.templates)
        rendered = snapshot.render(deployment)
        if accept:
            snapshot.write(rendered)
        sentences = [*drift.found(synthesis.templates[LAKE]), *policy(synthesis, deployment)]
    for sentence in sentences:
        sys.stderr.write(f"{sentence}\n")
    if difference := snapshot.differences(rendered):
        sys.stderr.write(f"{difference}\n{STALE}")
    if sentences or difference:
        return 1
    sys.stdout.write(
        f"templates hold: {len(findings.read())} acknowledgements, each of a finding\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
