"""Tests that share a cloud or a server stay on one worker, in their order.

pytest-xdist 3.8 marks groups in a way that pytest 9.2 no longer heeds, without a word: every worker
then starts what the group was to share (pytest-xdist's issue 1386).
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GROUPED = """
import pytest

@pytest.mark.xdist_group("one cloud")
@pytest.mark.parametrize("number", range(8))
def test_grouped(number, worker_id):
    with open({path!r}, "a") as file:
        file.write(f"{{worker_id}} {{number}}\\n")
"""


def test_a_group_is_run_by_one_worker_from_first_to_last(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    (tmp_path / "test_grouped.py").write_text(GROUPED.format(path=str(noted)))
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-q"]
    subprocess.run([*command, str(tmp_path)], cwd=tmp_path, check=True, capture_output=True)
    workers, numbers = zip(*(line.split() for line in noted.read_text().splitlines()), strict=True)
    assert len(set(workers)) == 1
    assert numbers == tuple(map(str, range(8)))
