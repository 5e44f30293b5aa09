"""The programs that bundling calls, and the error that it raises when one of them fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from uv import find_uv_bin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class BundleError(Exception):
    """A bundle cannot be built; the message holds what the failing program said."""


def run(
    command: Sequence[str], cwd: Path | None = None, extra: Mapping[str, str] | None = None
) -> str:
    """Standard output of a program. `extra` adds to an environment without Python's variables."""
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603  # programs of this environment, no shell
        command,
        cwd=cwd,
        env={**inherited, **(extra or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        program = Path(command[0]).name
        raise BundleError(f"{program} failed ({done.returncode}): {done.stderr.strip()[-2000:]}")
    return done.stdout


def uv(*arguments: str, cwd: Path | None = None) -> str:
    return run([find_uv_bin(), *arguments], cwd)


@cache
def uv_version() -> str:
    return version("uv")


def program(name: str) -> str:
    """A program of this environment, or else of the machine. Raises BundleError."""
    here = Path(sys.executable).parent
    found = shutil.which(name, path=f"{here}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise BundleError(f"there is no {name} on the PATH")
    return found
