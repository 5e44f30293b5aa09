"""What ships is under permissive licences; other packages have a reason."""

from __future__ import annotations

from email.message import Message
from typing import TYPE_CHECKING, cast

import pytest

from local.supply.__main__ import ACKNOWLEDGED
from local.supply.licences import findings, is_permissive, licence
from local.supply.locks import BUNDLES, DEPLOYMENT, entries
from stacks.policy.findings import judge, read
from tests.lock_files import ROOT

if TYPE_CHECKING:
    from importlib.metadata import PackageMetadata


def test_every_licence_is_permissive_or_has_a_reason() -> None:
    assert judge(findings(ROOT), read(ACKNOWLEDGED, "licences.toml")) == []


def test_what_ships_and_what_deploys_it_needs_no_reason() -> None:
    ours = {
        each.name for lock in (*BUNDLES.values(), DEPLOYMENT) for each, _ in entries(ROOT, lock)
    }
    excused = {
        package.removeprefix("pkg:pypi/") for package, _ in read(ACKNOWLEDGED, "licences.toml")
    }
    assert ours & excused == set()


def metadata(**fields: str) -> PackageMetadata:
    found = Message()
    for name, value in fields.items():
        found[name.replace("_", "-")] = value
    return cast("PackageMetadata", found)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (metadata(License_Expression="MIT", License="Anything"), "MIT"),
        (metadata(Classifier="License :: OSI Approved :: MIT License", License="MIT"), "MIT"),
        (metadata(Classifier="License :: OSI Approved", License="Apache-2.0"), "Apache-2.0"),
        (metadata(License="Copyright (c) 2023 Somebody\nPermission is hereby"), "unknown"),
        (metadata(), "unknown"),
    ],
)
def test_a_licence_is_read_from_the_best_of_the_metadata(found: PackageMetadata, said: str) -> None:
    assert licence(found) == said


@pytest.mark.parametrize(
    ("licence", "permissive"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND MIT", True),
        ("GPL-3.0-only", False),
        ("MIT AND MPL-2.0", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_all_that_an_expression_names_must_be_permissive(licence: str, *, permissive: bool) -> None:
    assert is_permissive(licence) == permissive
