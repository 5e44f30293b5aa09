"""Accidents for a laptop cloud: functions that are killed, writes that are refused."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psutil

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from local.access import Access
    from local.pipeline import Pipeline

LOGICAL_ID = re.compile(r"Functions([A-Za-z]+?)[0-9A-F]{8}")
FUNCTION, CERTIFICATE = "AWS_LAMBDA_FUNCTION_NAME", "AWS_CA_BUNDLE"


class Workers:
    """The processes in which one cloud's emulator runs functions; no other cloud's.

    The emulator starts one for an invocation that no idle one can take, and starts anew one that
    was killed as soon as it is needed.
    """

    def __init__(self, access: Access) -> None:
        self._certificate = access.certificate  # each cloud has its own
        self._known: dict[psutil.Process, str] = {}

    def all(self) -> dict[psutil.Process, str]:
        """Those that live, with their function's name.

        One that was seen just as it began is still its parent to look at, and so is asked again.
        """
        living = list(psutil.process_iter())
        self._known = {each: self._known.get(each) or self._function(each) for each in living}
        return {each: name for each, name in self._known.items() if name}

    def of(self, function: str) -> dict[psutil.Process, str]:
        """Those of one function of the stacks."""
        return {each: name for each, name in self.all().items() if short(name) == function}

    def _function(self, process: psutil.Process) -> str:
        try:
            variables = process.environ()
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            return ""
        mine = variables.get(CERTIFICATE) == self._certificate
        return variables.get(FUNCTION, "") if mine else ""


class Accident:
    """Something that happens again and again, in a thread of its own, until the block ends."""

    def __init__(self, happen: Callable[[threading.Event], None]) -> None:
        self._happen = happen
        self._stop = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._happen(self._stop)
        except Exception as failure:  # noqa: BLE001  # raised in the thread that waits
            self._failure = failure


SPARED = {"Failed"}
"""A rule starts it, once; when it fails, AWS tries again twice, and the emulator does not."""


def kills_at_random(
    workers: Workers, killed: Counter[str], seed: int, pause: tuple[float, float]
) -> Accident:
    """Kills one worker of any function but the spared after the other, working or idle."""
    dice = random.Random(seed)

    def happen(stop: threading.Event) -> None:
        if stop.wait(dice.uniform(*pause)):
            return
        found = {each: name for each, name in workers.all().items() if short(name) not in SPARED}
        if found:
            kill(dice.choice(list(found)), found, killed)

    return Accident(happen)


def kills_at_work_on_large_objects(workers: Workers, killed: Counter[str]) -> Accident:
    """Kills whoever cleans an object of more than some megabytes, each time."""

    def happen(stop: threading.Event) -> None:
        found = workers.of("Clean")
        for each in found:
            if _sorts_a_large_object(each):
                kill(each, found, killed)
        stop.wait(0.03)

    return Accident(happen)


LARGE_BYTES = 4_000_000


def _sorts_a_large_object(process: psutil.Process) -> bool:
    """Cleaning begins with files of an object's records by entity, written one line at a time."""
    try:
        written = [Path(each.path) for each in process.open_files() if ".ndjson" in each.path]
        return any(each.stat().st_size > LARGE_BYTES for each in written)
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False


def kill(process: psutil.Process, names: dict[psutil.Process, str], killed: Counter[str]) -> None:
    """Counts each once, however long it takes to be gone."""
    if _lives(process):
        process.kill()
        killed[short(names[process])] += 1
        while _lives(process):
            time.sleep(0.01)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def short(function: str) -> str:
    """`Publish` of `MercadoPipeline-FunctionsPublish8F21A2C4-…`."""
    found = LOGICAL_ID.search(function)
    return found[1] if found else function


def function_named(access: Access, name: str) -> str:
    """The deployed name of one function of the stacks."""
    pages = access.client("lambda").get_paginator("list_functions").paginate()
    names = [each["FunctionName"] for page in pages for each in page["Functions"]]
    [found] = [each for each in names if short(each) == name]
    return str(found)


@contextmanager
def throttled(access: Access, name: str) -> Iterator[None]:
    """The function is refused to all who invoke it while the block runs."""
    client, function = access.client("lambda"), function_named(access, name)
    client.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        client.delete_function_concurrency(FunctionName=function)


@contextmanager
def refused_writes(pipeline: Pipeline) -> Iterator[None]:
    """Nobody can write to the lake while the block runs: its bucket's policy denies it."""
    before = pipeline.s3.get_bucket_policy(Bucket=pipeline.bucket)["Policy"]
    policy = json.loads(before)
    policy["Statement"].append(
        {
            "Sid": "Accident",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{pipeline.bucket}/*",
        }
    )
    pipeline.s3.put_bucket_policy(Bucket=pipeline.bucket, Policy=json.dumps(policy))
    try:
        yield
    finally:
        pipeline.s3.put_bucket_policy(Bucket=pipeline.bucket, Policy=before)
