"""Bytecode for the target's Python, which the machine that builds need not have.

Lambda's disk is read-only, so modules without bytecode are compiled anew in every cold start. Only
a Python of the same minor version writes bytecode that the target reads; bytecode is the same on
all platforms. If there is no such Python, its WebAssembly build (Pyodide, from npm) does it.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stacks.bundling.store import built_once, files_digest
from stacks.bundling.tools import BundleError, program, run, uv

HERE = Path(__file__).parent
SCRIPT = HERE / "compile_all.py"
WEBASSEMBLY = HERE / "compiler"
LAYER = "/opt/python"
"""Where Lambda puts a layer: the name of a module's file in its tracebacks."""


class NoCompilerError(BundleError):
    """No Python of the target's version can be had here; the message says why."""


@dataclass(frozen=True)
class Compiler:
    """`identity` names the exact Python; `command` runs `compile_all.py` under it."""

    identity: str
    command: tuple[str, ...]
    tag: str

    def compile(self, folder: Path) -> None:
        run([*self.command, str(folder), LAYER, self.tag], extra={"PYTHONHASHSEED": "0"})


@cache
def compiler_for(python: str, tools: Path) -> Compiler:
    """A compiler for `python` ("3.14"); `tools` keeps what npm gives. Raises NoCompilerError."""
    tag = f"cpython-{python.replace('.', '')}"
    interpreter = _interpreter(python, tag)
    if interpreter is not None:
        identity = run([interpreter, "-c", "import sys; print(sys.version)"])
        return Compiler(identity, (interpreter, "-s", "-S", str(SCRIPT)), tag)
    pyodide = _pyodide(python, tools)
    command = (program("node"), str(WEBASSEMBLY / "run.mjs"), str(pyodide), str(SCRIPT))
    return Compiler(pyodide.parents[1].name, command, tag)


def _interpreter(python: str, tag: str) -> str | None:
    if sys.implementation.cache_tag == tag:
        return sys.executable
    wanted = f"cpython@{python}"
    try:
        return uv("python", "find", "--no-python-downloads", "--no-project", wanted).strip()
    except BundleError:
        return None  # not an error: this is how uv says that there is none


def _pyodide(python: str, tools: Path) -> Path:
    """The installed package. Its major version is the Python that it is: 314 for 3.14."""
    pinned = json.loads((WEBASSEMBLY / "package.json").read_text())["dependencies"]["pyodide"]
    if pinned.partition(".")[0] != python.replace(".", ""):
        raise NoCompilerError(f"no Python {python} is installed, and pyodide {pinned} is another")
    manifests = [WEBASSEMBLY / "package.json", WEBASSEMBLY / "package-lock.json"]
    key = files_digest(WEBASSEMBLY, manifests)
    try:
        folder = built_once(tools / f"pyodide-{pinned}-{key}", _install_pyodide)
    except BundleError as error:
        raise NoCompilerError(
            f"no Python {python} is installed, and no pyodide: {error}"
        ) from error
    return folder / "node_modules" / "pyodide"


def _install_pyodide(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(WEBASSEMBLY / name, folder)
    run([program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)
