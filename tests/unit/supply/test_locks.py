"""What is installed is locked: of everything one version, and hashes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from local.supply.locks import BUNDLES, DEPLOYMENT, DEVELOPMENT, LOCKS, Lock, stale
from tests.lock_files import ENTRY, ROOT, copied_locks, entries

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE_LOCKS = [ROOT / "package-lock.json", ROOT / "stacks/bundling/compiler/package-lock.json"]
SOURCE = BUNDLES["api"].source
PARTS = [each for each in LOCKS if each.within]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copied_locks(tmp_path)


def test_the_locks_are_what_was_made_from_their_inputs() -> None:
    assert stale(ROOT) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda each: each.name)
def test_every_line_is_a_comment_or_of_an_entry_with_hashes(lock: Lock) -> None:
    rest = ENTRY.sub("", (ROOT / lock.file).read_text())
    assert [line for line in rest.splitlines() if line.strip() and line.strip()[0] != "#"] == []
    assert entries(ROOT, lock)


@pytest.mark.parametrize("lock", PARTS, ids=lambda each: each.name)
def test_what_ships_is_what_was_tested(lock: Lock) -> None:
    assert entries(ROOT, lock).items() <= entries(ROOT, DEVELOPMENT).items()


def test_there_are_no_requirements_but_the_locks_and_what_they_are_made_from() -> None:
    written = {*ROOT.glob("*requirements*"), *ROOT.glob("l*/*requirements*.*")}
    written |= set((ROOT / "lambdas/requirements").iterdir())
    known = {ROOT / name for lock in LOCKS for name in (lock.source, lock.file)}
    assert written - known == {ROOT / "lambdas/requirements/common.in"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda each: each.name)
def test_no_lock_names_a_registry_or_a_place_of_a_machine(lock: Lock) -> None:
    for name in (lock.source, lock.file):
        assert not re.search(r"https?:|file:|index|find-links|\s/\w", (ROOT / name).read_text())


@pytest.mark.parametrize("path", PACKAGE_LOCKS, ids=lambda each: each.parent.name)
def test_packages_of_npm_have_hashes_and_name_no_registry(path: Path) -> None:
    packages = json.loads(path.read_text())["packages"]
    for name, package in packages.items():
        assert not name or package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_an_input_that_changed_is_seen_in_all_that_is_made_from_it(copy: Path) -> None:
    source = copy / "lambdas/requirements/common.in"
    source.write_text(source.read_text() + "six\n")
    named = [sentence.split()[0] for sentence in stale(copy)]
    assert named == [DEVELOPMENT.file, *(each.file for each in BUNDLES.values())]


def test_a_lock_that_was_edited_is_seen(copy: Path) -> None:
    lock = copy / BUNDLES["api"].file
    lock.write_text(re.sub("sha256:[0-9a-f]{8}", "sha256:00000000", lock.read_text(), count=1))
    [sentence] = stale(copy)
    assert sentence == f"{lock.relative_to(copy)} was not made from {SOURCE} as it is: `make lock`"


def test_a_lock_with_another_version_than_was_tested_is_seen(copy: Path) -> None:
    whole = copy / DEVELOPMENT.file
    whole.write_text(whole.read_text().replace("pydantic==", "pydantic==1!"))
    named = [sentence.split()[0] for sentence in stale(copy)]
    parts = (BUNDLES[role] for role in ("api", "transform", "ingest"))
    assert named == [DEVELOPMENT.file, DEPLOYMENT.file, *(each.file for each in parts)]


def test_a_lock_that_is_missing_is_seen_and_so_are_its_parts(copy: Path) -> None:
    (copy / "requirements.txt").unlink()
    assert [sentence.split()[0] for sentence in stale(copy)] == ["requirements.txt"]
    (copy / DEVELOPMENT.file).unlink()
    assert len(stale(copy)) == len(LOCKS) - 1  # all but the emulator's


def test_everything_is_installed_by_hashes_alone() -> None:
    makefile = (ROOT / "Makefile").read_text()
    installs = [each for each in makefile.splitlines() if " install " in each or "ci " in each]
    python, node = (r"--require-hashes", r"npm ci .*--ignore-scripts")
    assert len(installs) == 3
    assert [each for each in installs if not re.search(f"{python}|{node}", each)] == []
