"""The bundles' pins keep the walls between the engines. That they are locked: tests/unit/supply."""

import pytest

from stacks.bundling.bundler import ROOT
from stacks.bundling.pins import ROLES, Role, pins

ENGINES = {"duckdb", "pydantic", "awswrangler", "pandas", "pyarrow", "numpy"}


def names(role: Role) -> set[str]:
    lines = pins(ROOT, role).read_text().splitlines()
    return {line.partition("==")[0] for line in lines if line[:1].isalpha()}


@pytest.mark.parametrize("role", ROLES)
def test_the_sdk_is_left_to_the_runtime(role: Role) -> None:
    assert names(role).isdisjoint({"boto3", "botocore", "s3transfer", "jmespath"})


def test_ingest_alone_speaks_http_itself() -> None:
    assert [role for role in ROLES if "urllib3" in names(role)] == ["ingest"]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_can_log_trace_and_count(role: Role) -> None:
    assert {"aws-lambda-powertools", "aws-xray-sdk", "wrapt"} <= names(role)


@pytest.mark.parametrize(
    ("role", "engines"),
    [
        ("api", {"pydantic"}),
        ("transform", {"duckdb", "pydantic"}),
        ("lake", {"awswrangler", "pandas", "pyarrow", "numpy"}),
        ("ingest", {"pydantic"}),
    ],
)
def test_the_wall_between_the_engines_stands(role: Role, engines: set[str]) -> None:
    assert names(role) & ENGINES == engines


def test_pandas_brings_what_it_imports() -> None:
    assert {"python-dateutil", "six"} <= names("lake")
