"""The stand-in as a process: it says when it is ready, and leaves no PostgreSQL behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from local.warehouse.server import stop
from tests.folders import postgres_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    with postgres_folder() as folder:
        yield folder


@pytest.fixture
def server(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "local.warehouse", "--data", str(folder)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "AWS_DEFAULT_REGION": "us-east-1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("warehouse ready at http://127.0.0.1:")
    yield process
    stop(folder)
    process.wait(10)
    process.stdout.close()


def postgres_of(folder: Path) -> psutil.Process:
    pid_file = folder / "postgres" / "postmaster.pid"
    return psutil.Process(int(pid_file.read_text().splitlines()[0]))


def test_a_signal_ends_the_server_and_its_postgres(
    server: subprocess.Popen[str], folder: Path
) -> None:
    postgres = postgres_of(folder)
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) == 0
    assert not postgres.is_running()


def test_after_a_kill_stop_ends_the_postgres_that_is_left(
    server: subprocess.Popen[str], folder: Path
) -> None:
    postgres = postgres_of(folder)
    server.kill()
    server.wait(10)
    assert postgres.is_running()
    stop(folder)
    assert not postgres.is_running()
    stop(folder)  # again is harmless
