"""The pins name one version of everything, nothing of the machine that compiled them."""

import re
from pathlib import Path

import pytest

from stacks.bundling.bundler import ROOT
from stacks.bundling.pins import ROLES, Role, pins

PIN = re.compile(r"(?P<name>[a-z0-9-]+)==[\w.]+( ; [\w.<>=' ]+)?")
ENGINES = {"duckdb", "pydantic", "awswrangler", "pandas", "pyarrow", "numpy"}


def requirements(role: Role) -> list[str]:
    lines = pins(ROOT, role).read_text().splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def names(role: Role) -> set[str]:
    return {line.partition("==")[0] for line in requirements(role)}


@pytest.mark.parametrize("role", ROLES)
def test_every_line_pins_one_version(role: Role) -> None:
    assert requirements(role)
    assert [line for line in requirements(role) if not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "lambdas/requirements").iterdir()), ids=str)
def test_no_file_names_a_registry_or_a_place_of_a_machine(path: Path) -> None:
    assert not re.search(r"https?:|file:|--|index|find-links|\s/\w", path.read_text())


@pytest.mark.parametrize("role", ROLES)
def test_the_sdk_is_left_to_the_runtime(role: Role) -> None:
    assert names(role).isdisjoint({"boto3", "botocore", "s3transfer", "jmespath", "urllib3"})


@pytest.mark.parametrize("role", ROLES)
def test_every_role_can_log_trace_and_count(role: Role) -> None:
    assert {"aws-lambda-powertools", "aws-xray-sdk", "wrapt"} <= names(role)


@pytest.mark.parametrize(
    ("role", "engines"),
    [
        ("api", {"pydantic"}),
        ("transform", {"duckdb", "pydantic"}),
        ("lake", {"awswrangler", "pandas", "pyarrow", "numpy"}),
    ],
)
def test_the_wall_between_the_engines_stands(role: Role, engines: set[str]) -> None:
    assert names(role) & ENGINES == engines


def test_pandas_brings_what_it_imports() -> None:
    assert {"python-dateutil", "six"} <= names("lake")
