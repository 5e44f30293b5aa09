"""The real bundles: within Lambda's limit, for the right machine, and enough to run on.

A cold run builds all six (about a minute); later runs find them in the cache.
"""

from __future__ import annotations

import ast
import platform
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path, PurePosixPath

import pytest

from stacks.bundling import Bundler, Role
from stacks.bundling.bundler import CACHE, ROOT
from stacks.bundling.pins import ROLES
from stacks.bundling.pruning import needless
from stacks.bundling.store import built_once
from stacks.bundling.tools import uv

LIMIT = 262_144_000
"""Bytes that a function and its layers may have unzipped: Lambda's 250 MB."""
MACHINES = {"aarch64": 0xB7, "x86_64": 0x3E}
"""`e_machine` in the header of an ELF library."""
MAGIC_314 = 3627
UNCHECKED_HASH = 0b01

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
LAMBDA = Bundler()
INTEL = Bundler(platform="x86_64-manylinux_2_28", python=PYTHON)
HERE = Bundler(platform=f"{platform.machine()}-manylinux_2_28", python=PYTHON)
PROBES = Path(__file__).parent / "bundle_probes"
ENVIRONMENT = {"AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_TRACE_DISABLED": "true"}


@dataclass(frozen=True)
class Function:
    """What a stack says about one function."""

    handler: str
    bundle: Role
    rooms: tuple[str, ...]
    beside: tuple[str, ...] = ()


def declared_functions() -> list[Function]:
    """All `Room(...)` of the stacks, read from their source: no synthesis is needed for it."""
    calls = [
        {word.arg: word.value for word in node.keywords}
        for stack in sorted((ROOT / "stacks").glob("*.py"))
        for node in ast.walk(ast.parse(stack.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Room"
    ]
    return [
        Function(
            ast.literal_eval(words["handler"]),
            ast.literal_eval(words["bundle"]),
            tuple(ast.literal_eval(words["rooms"])),
            tuple(ast.literal_eval(words["beside"])) if "beside" in words else (),
        )
        for words in calls
    ]


FUNCTIONS = declared_functions()


@pytest.fixture(scope="session")
def runtime() -> Path:
    """What Lambda's Python has beside the standard library: the SDK and what it is made of."""
    boto3 = f"boto3=={version('boto3')}"
    install = partial(_install, boto3)
    return built_once(CACHE / f"runtime-{boto3}-{PYTHON}", install)


def _install(requirement: str, folder: Path) -> None:
    options = ("--quiet", "--link-mode=copy", "--compile-bytecode", f"--python={sys.executable}")
    uv("pip", "install", *options, f"--target={folder}", requirement)


def run_alone(script: Path, *path: Path, words: tuple[str, ...] = ()) -> None:
    """Runs a script that sees the standard library and `path`, in an empty environment.

    It writes no bytecode: what is staged is what the CDK deploys.
    """
    start = (
        "import runpy, sys; count = int(sys.argv[1]); sys.path += sys.argv[3:3 + count]; "
        "script = sys.argv[2]; sys.argv[1:] = sys.argv[3 + count:]; "
        "runpy.run_path(script, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-I", "-S", "-c", start, str(len(path)), script, *path, *words],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def size(folder: Path) -> int:
    return sum(each.stat().st_size for each in files(folder))


@pytest.mark.parametrize("bundler", [LAMBDA, INTEL], ids=["lambda", "intel"])
@pytest.mark.parametrize("role", ROLES)
def test_a_bundle_and_the_code_of_its_functions_stay_within_lambdas_limit(
    role: Role, bundler: Bundler
) -> None:
    code = [
        bundler.stage_code(each.rooms, each.beside) for each in FUNCTIONS if each.bundle == role
    ]
    assert code
    assert size(bundler.bundle(role)) + max(map(size, code)) <= LIMIT


@pytest.mark.parametrize("bundler", [LAMBDA, INTEL], ids=["lambda", "intel"])
@pytest.mark.parametrize("role", ROLES)
def test_every_library_is_for_the_machine_that_the_bundle_is_for(
    role: Role, bundler: Bundler
) -> None:
    libraries = [each for each in files(bundler.bundle(role)) if ".so" in each.suffixes]
    machines = {int.from_bytes(each.read_bytes()[18:20], "little") for each in libraries}
    assert machines == {MACHINES[bundler.platform.partition("-")[0]]}


@pytest.mark.parametrize("role", ROLES)
def test_every_module_has_bytecode_that_lambdas_python_trusts_unchecked(role: Role) -> None:
    python = LAMBDA.bundle(role) / "python"
    for module in python.rglob("*.py"):
        header = (module.parent / "__pycache__" / f"{module.stem}.cpython-314.pyc").read_bytes()[:8]
        assert int.from_bytes(header[:2], "little") == MAGIC_314, module
        assert int.from_bytes(header[4:], "little") == UNCHECKED_HASH, module


@pytest.mark.parametrize("role", ROLES)
def test_nothing_needless_and_nothing_of_this_machine_is_left(role: Role) -> None:
    python = HERE.bundle(role) / "python"
    left = [PurePosixPath(each.relative_to(python).as_posix()) for each in files(python)]
    assert [each for each in left if each.suffix != ".pyc" and needless(each)] == []
    places = [str(ROOT).encode(), str(CACHE).encode()]
    texts = [each for each in files(python) if ".so" not in each.suffixes]
    assert [each for each in texts if any(place in each.read_bytes() for place in places)] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_bundle_does_its_work_where_nothing_else_is_installed(role: Role, runtime: Path) -> None:
    run_alone(PROBES / f"{role}.py", HERE.bundle(role) / "python", runtime)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.handler)
def test_a_function_imports_from_what_it_ships(function: Function, runtime: Path) -> None:
    code = HERE.stage_code(function.rooms, function.beside)
    bundle = HERE.bundle(function.bundle) / "python"
    run_alone(PROBES / "handler.py", code, bundle, runtime, words=(function.handler,))


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    again = Bundler(platform=HERE.platform, python=HERE.python, cache=tmp_path).bundle("api")
    before = HERE.bundle("api")
    assert again.name == before.name
    assert {each.relative_to(again): each.read_bytes() for each in files(again)} == {
        each.relative_to(before): each.read_bytes() for each in files(before)
    }
