"""Servers of a laptop cloud: started in sessions of their own, written down, ended for sure."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import subprocess
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).parent.parent
STOP_SECONDS = 3
"""The emulator's state ends with it, and PostgreSQL is ended by its own pidfile if need be."""
PORTS = range(20_000, 32_000)
"""Below those that systems hand out by themselves: between asking and taking, none is lost to a
client's connection or to another server that asked for any port."""


class ServerError(Exception):
    """A server did not come up, or a job failed; the message holds the end of its log."""


@dataclass(frozen=True)
class Server:
    """A process and when it began: a pid alone may have become another process's."""

    name: str
    pid: int
    began: float

    @property
    def process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.began) < 1
        except psutil.NoSuchProcess:
            return None
        return process if same else None

    @property
    def runs(self) -> bool:
        """Whether it works still; one that was killed may be there a while as a zombie."""
        process = self.process
        return process is not None and _runs(process)


class Servers:
    """The servers of one cloud. Each is on the list before it is waited for, so none is lost.

    The list is a file: whoever reads it can end the servers, also those of a process that crashed.
    Once ended, it starts nothing more: a thread that is about to would start what nobody ends.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "servers.json"
        self._children: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._ended = False

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        ready: Callable[[], bool],
        seconds: float = 60,
    ) -> Server:
        """Starts the command in a session of its own and waits until it is `ready`."""
        child, server = self._launch(name, command, environment)
        deadline = time.monotonic() + seconds
        while True:
            answers = ready()
            if child.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"{name} did not start; {self._log_end(name)}")
            if answers:
                return server
            time.sleep(0.05)

    def run(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Runs a job to its end, in a session of its own: Ctrl-C reaches the caller alone.

        Raises ServerError if it fails; what it says goes to its log.
        """
        child, server = self._launch(name, command, environment)
        failed = child.wait()
        with self._lock:
            if self._ended:
                raise ServerError(f"{name} was ended")
            self._children.remove(child)
            self._write([each for each in self.all() if each != server])
        if failed:
            broken = [each.name for each in self.all() if not each.runs]
            also = "".join(f"\n{each} ended too; {self._log_end(each)}" for each in broken)
            raise ServerError(f"{name} failed; {self._log_end(name)}{also}")

    def _launch(
        self, name: str, command: Sequence[str], environment: Mapping[str, str]
    ) -> tuple[subprocess.Popen[bytes], Server]:
        with self._lock, self._log(name).open("ab") as output:
            if self._ended:
                raise ServerError(f"{name} is not started: the others were ended")
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._children.append(child)
            server = Server(name, child.pid, psutil.Process(child.pid).create_time())
            self._write([*self.all(), server])
        return child, server

    def all(self) -> list[Server]:
        if not self.file.exists():
            return []
        return [Server(**each) for each in json.loads(self.file.read_text())]

    def stop(self, name: str) -> None:
        """Ends the server of this name, if it is on the list; it may be started again."""
        with self._lock:
            for server in [each for each in self.all() if each.name == name]:
                stop(server)
                self._reap(server)
                self._write([each for each in self.all() if each != server])

    def stop_all(self) -> None:
        """Ends every server with all that it started, the last one first."""
        with self._lock:
            self._ended = True
        for server in reversed(self.all()):
            stop(server)
        self.file.unlink(missing_ok=True)
        while self._children:
            self._children.pop().wait(STOP_SECONDS)  # else nobody takes note of its end

    def _reap(self, server: Server) -> None:
        """Takes note of a child's end; who did not start it is not its parent."""
        for child in [each for each in self._children if each.pid == server.pid]:
            child.wait(STOP_SECONDS)
            self._children.remove(child)

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _log_end(self, name: str, lines: int = 30) -> str:
        log = self._log(name)
        said = log.read_text(errors="replace").splitlines()[-lines:]
        return f"{log} ends with:\n" + "\n".join(said)

    def _write(self, servers: list[Server]) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps([asdict(each) for each in servers]))
        fresh.replace(self.file)


def stop(server: Server) -> None:
    """Asks the server to end, then ends what is left of its session (it leads one)."""
    leader = server.process
    if leader is None and psutil.pid_exists(server.pid):
        return  # the number is another's by now, and free for others only once a session is over
    family = _session(server.pid)
    if leader is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            family += leader.children(recursive=True)
            leader.terminate()
        _wait([leader])
    for each in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    _wait(family)


def _wait(family: Sequence[psutil.Process]) -> None:
    """Until all have ended, or for as long as it may take.

    One whose parent has not taken note of its end, as in containers that have no init, has ended.
    """
    deadline = time.monotonic() + STOP_SECONDS
    while any(_runs(each) for each in family) and time.monotonic() < deadline:
        time.sleep(0.01)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _session(leader: int) -> list[psutil.Process]:
    """All processes of the session; they outlive a leader that was killed."""
    members = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == leader:
                members.append(process)
        except (ProcessLookupError, PermissionError):
            continue
    return members


def free_port() -> int:
    """A TCP port on loopback that was free a moment ago, and that no system hands out by itself."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise ServerError(f"no port is free from {PORTS[0]} to {PORTS[-1]}")


def listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
