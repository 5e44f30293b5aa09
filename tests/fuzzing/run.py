"""Runs schemathesis' own engine against an address: all its phases, the same requests each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def fuzz(url: str, token: str, folder: Path, *options: str) -> None:
    """Asks all operations of the API at `url`; raises AssertionError with what was found.

    `options` are of `schemathesis run`; `folder` is where it keeps its notes. No case is shrunk:
    what fails is told as it was asked.
    """
    program = str(Path(sys.executable).parent / "schemathesis")
    command = [program, f"--config-file={HERE / 'schemathesis.toml'}", "run", f"{url}/openapi.json"]
    whom = (f"--url={url}", f"--header=Authorization: Bearer {token}")
    done = subprocess.run(
        [*command, *whom, "--continue-on-failure", "--no-shrink", "--no-color", *options],
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.fuzzing.hooks", "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
