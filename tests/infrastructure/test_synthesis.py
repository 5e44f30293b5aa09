"""`python app.py`, as the CDK CLI runs it: without credentials, and the same twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def synthesize(folder: Path) -> set[str]:
    """Synthesizes into the folder, with no AWS variable set; returns the files by name."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    venv = str(Path(sys.prefix) / "bin")
    environment = {
        **mine,
        "PATH": os.pathsep.join((venv, mine["PATH"])),
        "HOME": str(folder.parent),
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(context),
    }
    subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment, check=True)
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def written(file: Path) -> bytes:
    """Its bytes, but for the temporary folder of the process, which stack traces name."""
    return re.sub(rb"jsii-kernel-\w+", b"jsii-kernel", file.read_bytes())


def test_synthesis_needs_no_credentials_and_gives_the_same_output_twice(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    files = synthesize(first)
    assert "MercadoPipeline.template.json" in files
    assert synthesize(second) == files
    assert [each for each in sorted(files) if written(first / each) != written(second / each)] == []
