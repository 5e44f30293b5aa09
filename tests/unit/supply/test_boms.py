"""A bill of materials names what a bundle holds on Lambda, with hashes and licences."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from local.supply import boms
from local.supply.boms import PARTS, InvalidBomError, write
from local.supply.locks import LOCKS
from tests.lock_files import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    [path] = write(ROOT, tmp_path_factory.mktemp("sbom"), ["bundle-lake"])
    return path.read_text()


@pytest.fixture(scope="module")
def components(lake: str) -> dict[str, dict[str, Any]]:
    """By package URL."""
    return {each["purl"]: each for each in json.loads(lake)["components"]}


def test_it_is_valid_and_of_this_release(lake: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(lake) is None
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    about = json.loads(lake)["metadata"]["component"]
    assert (about["name"], about["version"]) == (project["name"], project["version"])


def test_it_names_the_version_that_lambdas_python_takes_and_no_other(
    components: dict[str, dict[str, Any]],
) -> None:
    names = [each.removeprefix("pkg:pypi/").partition("@") for each in components]
    assert {"awswrangler", "pandas", "pyarrow", "numpy"} <= {name for name, _, _ in names}
    assert [version for name, _, version in names if name == "numpy"] == ["2.5.5"]
    assert "tzdata" not in {name for name, _, _ in names}


def test_each_component_has_hashes_and_a_licence(components: dict[str, dict[str, Any]]) -> None:
    for component in components.values():
        [distribution] = component["externalReferences"]
        assert {each["alg"] for each in distribution["hashes"]} == {"SHA-256"}
        assert component["licenses"], component


def test_there_is_one_for_everything_that_is_locked() -> None:
    assert {lock for lock, _ in PARTS.values()} == set(LOCKS)


def test_one_that_is_not_valid_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boms, "_licence", lambda _: {"licenses": "MIT"})
    with pytest.raises(InvalidBomError, match="bundle-api: 'MIT' is not of type 'array'"):
        write(ROOT, tmp_path, ["bundle-api"])
