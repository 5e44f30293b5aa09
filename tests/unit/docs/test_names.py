"""What pages name is there: make targets, settings, files, modules, links."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from stacks.settings import Settings
from tests.written import OPEN, ROOT, commands, pages

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = pages()
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HOST = r"([\w-]+\.)+[a-z]{2,}"
TARGETS = set(re.findall(r"^([a-z ]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE))
TOP_LEVEL = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."}


def snippets(page: str) -> Iterator[str]:
    """What stands in backticks, and every command."""
    yield from CODE.findall(PAGES[page])
    yield from (each.text for each in commands() if each.page == page)


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_exist(page: str) -> None:
    known = {name for names in TARGETS for name in names.split()}
    named = {found for each in snippets(page) for found in re.findall(r"^make ([a-z]+)", each)}
    assert named - known == set()


@pytest.mark.parametrize("page", PAGES)
def test_settings_exist(page: str) -> None:
    named = set(re.findall(r"(?<!samns-)mercado:([a-z_]+)", PAGES[page]))
    assert named - {each.name for each in fields(Settings)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_files_exist(page: str) -> None:
    paths = {
        each.partition("::")[0].rstrip("/")
        for each in CODE.findall(PAGES[page])
        if each.split("/")[0] in TOP_LEVEL
        and "/" in each
        and not OPEN.search(each)
        and "$" not in each
    }
    assert [each for each in sorted(paths) if not list(ROOT.glob(each))] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_and_well_formed_addresses(page: str) -> None:
    """Anchors are the site's business: its build is strict."""
    folder = (ROOT / page).parent
    assert [link for link in LINK.findall(PAGES[page]) if not leads_somewhere(folder, link)] == []


def leads_somewhere(folder: Path, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme == "https" and bool(re.fullmatch(HOST, parts.netloc))
    return not parts.path or (folder / parts.path).exists()


@pytest.mark.parametrize("link", ["http://aws.amazon.com", "https://host", "htps:/x.org", "no.md"])
def test_a_link_that_leads_nowhere_is_seen(link: str) -> None:
    assert not leads_somewhere(ROOT, link)


def test_modules_that_are_called_exist() -> None:
    called = {
        found
        for page in PAGES
        for each in snippets(page)
        for found in re.findall(r"python -m ([\w.]+)", each)
    }
    for module in sorted(called - {"pytest"}):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_every_page_is_in_the_site_s_navigation() -> None:
    written = {page.removeprefix("docs/") for page in PAGES if page.startswith("docs/")}
    listed = set(re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text()))
    assert {page for page in written - listed if not page.startswith("adr/0")} == set()
    assert listed <= written


def test_the_site_builds_without_dead_links(tmp_path: Path) -> None:
    for name in ("docs", "mkdocs.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    built = subprocess.run(
        [Path(sys.executable).parent / "zensical", "build", "--strict", "--clean"],
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
