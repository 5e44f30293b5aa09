"""The AWS emulator as a fixture: plain HTTP, IAM off, free port, ended with the test session."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = Path(__file__).parents[2] / ".build" / "emulator" / "bin" / "ministack"
REGION = "us-east-1"
START_SECONDS = 60


@dataclass(frozen=True)
class Emulator:
    """`boto3.client("s3", **emulator.client)` reaches it."""

    endpoint: str

    @property
    def client(self) -> dict[str, Any]:
        return {
            "endpoint_url": self.endpoint,
            "region_name": REGION,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    assert COMMAND.exists(), f"the emulator is not installed: {COMMAND}"
    folder = tmp_path_factory.mktemp("emulator")
    port = _free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        # A session of its own, so that its workers end with it.
        process = subprocess.Popen(
            [COMMAND],
            env=_environment(folder, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait_until_it_answers(process, f"{endpoint}/_ministack/health", folder / "log")
            yield Emulator(endpoint)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment(folder: Path, port: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(folder),
    }


def _wait_until_it_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urlopen(url, timeout=1):  # noqa: S310  # a URL of ours
                return
        except (URLError, TimeoutError, ConnectionError):
            waiting = process.poll() is None and time.monotonic() < deadline
            assert waiting, log.read_text()[-2000:]
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
