"""Servers with real child processes: started, waited for, and ended with all that they started."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from local import processes
from local.processes import Server, ServerError, Servers, free_port, listening, stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
NAP = "import time; time.sleep(60)"
PARENT = f"""
import subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-S", "-c", "{NAP}"])
print(worker.pid, flush=True)
time.sleep(60)
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
CRASH = """
import os, pathlib, sys
from local.processes import Servers
folder, source = pathlib.Path(sys.argv[1]), sys.argv[2]
log = folder / "parent.log"
Servers(folder).start("parent", [sys.executable, "-S", "-c", source], {}, lambda: log.read_text())
os._exit(1)
"""


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    made = Servers(tmp_path)
    yield made
    made.stop_all()


def command(source: str) -> list[str]:
    return [sys.executable, "-S", "-c", source]


def said(servers: Servers, name: str) -> str:
    return (servers.folder / f"{name}.log").read_text()


def start(servers: Servers, name: str, source: str) -> Server:
    """Started, and ready once it has said something."""
    return servers.start(name, command(source), {}, lambda: bool(said(servers, name)))


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_server_is_ended_with_what_it_started(servers: Servers) -> None:
    server = start(servers, "parent", PARENT)
    worker = int(said(servers, "parent"))
    assert lives(server.pid)
    assert lives(worker)
    servers.stop_all()
    assert not lives(server.pid)
    assert not lives(worker)
    assert servers.all() == []


def test_what_a_killed_server_started_is_ended_too(servers: Servers) -> None:
    server = start(servers, "parent", PARENT)
    worker = int(said(servers, "parent"))
    os.kill(server.pid, signal.SIGKILL)
    assert eventually(lambda: not lives(server.pid))
    assert lives(worker)
    servers.stop_all()
    assert not lives(worker)


def test_whoever_reads_the_list_ends_the_servers_of_a_process_that_crashed(tmp_path: Path) -> None:
    crash = [sys.executable, "-c", CRASH, str(tmp_path), PARENT]
    assert subprocess.run(crash, cwd=ROOT, check=False).returncode == 1
    found = Servers(tmp_path)
    (server,) = found.all()
    worker = int(said(found, "parent"))
    assert lives(server.pid)
    found.stop_all()
    assert not lives(server.pid)
    assert not lives(worker)


def test_a_server_that_does_not_hear_is_killed(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.3)
    server = start(servers, "deaf", DEAF)
    servers.stop_all()
    assert not lives(server.pid)


def test_a_process_that_has_got_a_server_s_number_is_left_alone(servers: Servers) -> None:
    stranger = subprocess.Popen(command(NAP), start_new_session=True)
    try:
        stale = {"name": "emulator", "pid": stranger.pid, "began": time.time() - 3600}
        servers.file.write_text(json.dumps([stale]))
        servers.stop_all()
        assert stranger.poll() is None
        assert not servers.file.exists()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_is_gone_is_stopped_already(servers: Servers) -> None:
    server = start(servers, "parent", PARENT)
    stop(server)
    stop(server)
    assert not lives(server.pid)


def test_one_server_is_ended_and_started_again_while_others_run(
    servers: Servers, recwarn: pytest.WarningsRecorder
) -> None:
    other, first = start(servers, "other", PARENT), start(servers, "warehouse", PARENT)
    servers.stop("warehouse")
    assert not lives(first.pid)
    assert servers.all() == [other]
    second = start(servers, "warehouse", PARENT)
    assert lives(other.pid)
    assert servers.all() == [other, second]
    servers.stop("nobody")
    gc.collect()
    assert not [each.message for each in recwarn if each.category is ResourceWarning]


def test_a_server_that_dies_at_its_start_is_an_error_with_the_end_of_its_log(
    servers: Servers,
) -> None:
    dies = command("print(*(f'line {n}.' for n in range(40)), sep='\\n'); raise SystemExit(3)")
    with pytest.raises(ServerError, match="emulator did not start") as caught:
        servers.start("emulator", dies, {}, lambda: False)
    assert "line 39." in str(caught.value)
    assert "line 9." not in str(caught.value)


def test_a_server_that_does_not_come_up_in_time_is_an_error_and_on_the_list(
    servers: Servers,
) -> None:
    with pytest.raises(ServerError):
        servers.start("slow", command(NAP), {}, lambda: False, seconds=0.1)
    (server,) = servers.all()
    assert lives(server.pid)
    servers.stop_all()
    assert not lives(server.pid)


def test_a_stopped_server_leaves_no_process_unaccounted_for(
    servers: Servers, recwarn: pytest.WarningsRecorder
) -> None:
    start(servers, "parent", PARENT)
    gc.collect()
    servers.stop_all()
    gc.collect()
    assert not [each.message for each in recwarn if each.category is ResourceWarning]


def test_a_job_runs_to_its_end_and_is_on_the_list_no_more(servers: Servers) -> None:
    servers.run("deploy", command("print('deployed')"), {})
    assert said(servers, "deploy") == "deployed\n"
    assert servers.all() == []


def test_a_job_that_fails_says_its_end_and_which_servers_ended_meanwhile(servers: Servers) -> None:
    emulator = start(servers, "emulator", PARENT)
    os.kill(emulator.pid, signal.SIGKILL)
    with pytest.raises(ServerError) as caught:
        servers.run("deploy", command("print('no answer'); raise SystemExit(1)"), {})
    assert re.search(r"deploy failed; \S+deploy.log ends with:\nno answer", str(caught.value))
    assert "emulator ended too; " in str(caught.value)


def test_a_job_is_ended_with_the_servers_and_nothing_starts_after_that(servers: Servers) -> None:
    with ThreadPoolExecutor() as pool:
        job = pool.submit(servers.run, "deploy", command(PARENT), {})
        assert eventually(lambda: servers.file.exists() and bool(said(servers, "deploy")))
        worker = int(said(servers, "deploy"))
        servers.stop_all()
        with pytest.raises(ServerError, match="deploy was ended"):
            job.result(5)
    assert not lives(worker)
    with pytest.raises(ServerError, match="is not started"):
        servers.run("next", command("print()"), {})
    assert not servers.file.exists()


def test_a_server_that_ends_while_another_answers_on_its_port_did_not_start(
    servers: Servers,
) -> None:
    ends = command("raise SystemExit(1)")

    def another_answers_late() -> bool:
        return eventually(lambda: not lives(servers.all()[-1].pid), seconds=30)

    with pytest.raises(ServerError, match="did not start"):
        servers.start("emulator", ends, {}, another_answers_late)


def test_a_port_is_below_those_that_the_system_hands_out() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert free_port() < probe.getsockname()[1]


def test_a_free_port_listens_once_somebody_does() -> None:
    port = free_port()
    assert not listening(port)
    with socket.create_server(("127.0.0.1", port)):
        assert listening(port)
