"""The AWS emulator (MiniStack) in a venv of its own: IAM enforced, TLS, loopback only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import requests

from local.access import ACCOUNT, REGION, process_environment
from local.certificate import write_certificate
from local.processes import ROOT, Servers, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMAND = (
    str(ROOT / ".build" / "emulator" / "bin" / "python"),
    str(ROOT / "local" / "emulator_windows.py"),
)
ASKED = "asked.ndjson"
"""What each role has asked the emulator for: see emulator_requests.py."""
FUNCTION_WORKERS = 64
"""Most function workers at once; settings that bound concurrency keep it far below."""
MEMORY_DISK = Path("/dev/shm")  # noqa: S108  # looked at, and used only through tempfile
ENOUGH_BYTES = 8 * 2**30


class Emulator:
    """One emulator process; its state lives in memory and in `temporary`, and ends with it."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.port = free_port()
        self.certificate = servers.folder / "certificate.pem"
        self.temporary = Path(tempfile.mkdtemp(prefix="mercado-emulator-", dir=_fast_disk()))
        (servers.folder / "temporary").write_text(str(self.temporary))

    @property
    def state(self) -> Path:
        """Where it keeps what outlives no emulator, such as the keys of its user pools."""
        return self.temporary / "state"

    @property
    def endpoint(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def start(self, extra: Mapping[str, str] | None = None) -> None:
        """Starts it and waits until it answers; raises ServerError with its log if it does not."""
        certificate, key = write_certificate(self.servers.folder)
        environment = {
            "AUTH": "true",
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(certificate),
            "MINISTACK_SSL_KEY": str(key),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "LAMBDA_ACCOUNT_CONCURRENCY": str(FUNCTION_WORKERS),
            "LOG_LEVEL": "WARNING",
            "MERCADO_ASKED": str(self.servers.folder / ASKED),
            "TMPDIR": str(self.temporary),
            "STATE_DIR": str(self.state),
            **(extra or {}),
        }
        self.servers.start(
            "emulator",
            COMMAND,
            process_environment(environment),
            ready=self._answers,
        )

    def _answers(self) -> bool:
        """Whether it is this emulator that answers: only it has the certificate's key."""
        health = f"{self.endpoint}/_ministack/health"
        try:
            return requests.get(health, verify=str(self.certificate), timeout=5).ok
        except requests.RequestException:
            return False


def _fast_disk() -> Path | None:
    """Memory, where it is a disk with room enough: every function worker unpacks its bundle."""
    if not os.access(MEMORY_DISK, os.W_OK):
        return None
    return MEMORY_DISK if psutil.disk_usage(str(MEMORY_DISK)).free > ENOUGH_BYTES else None
