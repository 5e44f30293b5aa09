"""The commands of README.md and docs/, as they stand there, on the laptop's cloud.

They run page by page, last of all: the pages' ids are a fresh cloud's, so that here they are
replaced by those that the pages' own calls were answered with.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local import logins
from local.access import process_environment
from tests.written import ROOT, commands, runs

if TYPE_CHECKING:
    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
FIRST = {each.text: each for each in reversed([*commands()]) if each.shown}
SHOWN = tuple(each for each in commands() if FIRST.get(each.text) == each and runs(each))
"""Each once, where it stands first."""
NAMED = {each.text for each in commands() if not each.shown and runs(each)}
PAGES = tuple(dict.fromkeys(each.page for each in SHOWN))
SECONDS = 60
SHELL = f"""
set -euo pipefail
curl() {{ command curl --silent --show-error --fail-with-body "$@"; }}
make() {{ command make --no-print-directory -o setup BIN={Path(sys.executable).parent} "$@"; }}
"""
"""A refused call fails, and make installs nothing."""
NAMES = {
    "customers": r'(?<="user_id": )1\b|(?<=/cart/)1\b|(?<=/customers/)1\b',
    "vendors": r'(?<=vendor_id=)1\b|(?<="vendor_id": )1\b|(?<=/vendors/)1\b',
    "inventory": r'(?<="item_id": )1\b|(?<=/inventory/)1\b',
}
"""Where a page's first customer, vendor and item stand in its commands."""


@pytest.fixture(scope="module")
def token(pipeline: Pipeline) -> str:
    """What the pages' `export TOKEN=$(make token)` leaves in a reader's shell."""
    return logins.token(pipeline.access, logins.ADMIN)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_that_a_page_shows_run_one_after_the_other(
    page: str, pipeline: Pipeline, clouds: Path, tmp_path: Path, token: str
) -> None:
    made: dict[str, int] = {}
    for command in (each.text for each in SHOWN if each.page == page):
        told = {**environment(command, pipeline, clouds, tmp_path), "TOKEN": token}
        answer = run(adapted(command, made), told)
        if created := re.search(r"\$API/(customers|vendors|inventory)/.* -d ", command):
            made.setdefault(created[1], json.loads(answer)["id"])


@pytest.mark.parametrize("command", sorted(NAMED - {each.text for each in SHOWN}))
def test_a_command_that_a_sentence_names_runs(
    command: str, pipeline: Pipeline, clouds: Path, tmp_path: Path
) -> None:
    run(command, environment(command, pipeline, clouds, tmp_path))


def environment(command: str, pipeline: Pipeline, clouds: Path, nowhere: Path) -> dict[str, str]:
    """What `make cloud` tells a shell to export, and where the cloud is; `make down` finds none."""
    folder = nowhere if command == "make down" else clouds
    access = pipeline.access
    return {**access.environment, "API": access.api_url, "MERCADO_CLOUDS": str(folder)}


def adapted(command: str, made: dict[str, int]) -> str:
    for collection, entity in made.items():
        command = re.sub(NAMES[collection], str(entity), command)
    return command


def run(command: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-c", SHELL + command],
        cwd=ROOT,
        env=process_environment(environment),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
