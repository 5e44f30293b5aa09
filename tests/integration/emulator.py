"""The AWS emulator as a fixture: plain HTTP, IAM off, free port, ended with the test session."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.access import REGION, process_environment
from local.processes import Servers, free_port, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = Path(__file__).parents[2] / ".build" / "emulator" / "bin" / "ministack"


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
    port = free_port()
    servers = Servers(tmp_path_factory.mktemp("emulator"))
    environment = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(servers.folder),
    }
    try:
        servers.start(
            "emulator",
            [str(COMMAND)],
            process_environment(environment),
            ready=lambda: listening(port),
        )
        yield Emulator(f"http://127.0.0.1:{port}")
    finally:
        servers.stop_all()
