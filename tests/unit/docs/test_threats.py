"""The threat model names tests that there are; a row without one would be a promise only."""

from __future__ import annotations

import ast
import re

from tests.written import ROOT

ROW = re.compile(r"^\| (?!who \|)(.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROWS = [row.split(" | ") for row in ROW.findall((ROOT / "SECURITY.md").read_text())]


def defined(file: str) -> set[str]:
    if not (ROOT / file).exists():
        return set()
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_threat_has_an_attacker_an_aim_a_means_and_a_test() -> None:
    assert len(ROWS) > 10
    for row in ROWS:
        assert len(row) == 4
        assert all(row)
        assert TEST.findall(row[3]), row


def test_the_tests_that_are_named_exist() -> None:
    named = {found for row in ROWS for found in TEST.findall(row[3])}
    assert [f"{file}::{name}" for file, name in sorted(named) if name not in defined(file)] == []
