"""Runs of the promotion: found by Step Functions, told by their documents under `runs/`.

Step Functions forgets an execution after 90 days; its documents stay, and say the same.
"""

from __future__ import annotations

import heapq
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from lambdas.dispatch.ports import UNSUCCESSFUL
from lambdas.dispatch.runs import NAME
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import RUNS, RunKeys
from lambdas.lake.objects import LakeBucket
from lambdas.record.documents import RunRecord, console_link
from local.run_documents import Left, read_left

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from local.deployment import Deployment

KEPT = timedelta(days=90)
"""How long Step Functions remembers an execution."""
PARALLEL = 16
UNKNOWN = "UNKNOWN"
"""The state of a run that left neither record nor failure, and whose execution is forgotten."""


class RunsError(Exception):
    """The question names no run, or more than one; the sentence says which."""


@dataclass(frozen=True)
class Execution:
    name: str
    status: str
    started: datetime
    stopped: datetime | None


@dataclass(frozen=True)
class Run:
    """One attempt. `records` and `rows` (published) are None where nobody has counted yet.

    Times are in UTC, `seconds` is None while the run works; `target` is empty for gold.
    """

    run: str
    state: str
    attempt: int
    target: str
    started: datetime | None
    seconds: float | None
    objects: int
    records: dict[str, int] | None
    rows: int | None
    link: str


def list_runs(
    deployment: Deployment, *, count: int, since: datetime | None = None, failed: bool = False
) -> list[Run]:
    """The newest `count` runs that started at or after `since`, newest first."""
    store = lake(deployment)
    known = list(islice(executions(deployment, since, failed=failed), count))
    names: dict[str, Execution | None] = {each.name: each for each in known}
    if len(known) < count and (since is None or not known or since < datetime.now(UTC) - KEPT):
        ending = "failure.json" if failed else "manifest.json"
        documented = _documented(deployment, ending, since)
        older = (name for name in documented if name not in names)
        names |= dict.fromkeys(islice(older, count - len(known)))
    with ThreadPoolExecutor(PARALLEL) as pool:
        found = pool.map(lambda name: read_run(deployment, store, name, names[name]), names)
        listed = [each for each in found if not failed or each.state in UNSUCCESSFUL]
    begin = datetime.min.replace(tzinfo=UTC)
    return sorted(listed, key=lambda each: each.started or begin, reverse=True)


def find_run(deployment: Deployment, wanted: str) -> str:
    """The name of the run that begins so; of a run with several attempts, the newest.

    Raises RunsError.
    """
    names = _folders(deployment, wanted)
    if wanted in names:
        return wanted
    bases: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        if match := NAME.fullmatch(name):
            bases.setdefault(match["base"], []).append((int(match["attempt"] or 1), name))
    if not bases:
        raise RunsError(f"no run's name begins with {wanted!r}: `make runs` lists them")
    if len(bases) > 1:
        some = ", ".join(sorted(bases)[:5])
        raise RunsError(f"{len(bases)} runs begin with {wanted!r}, as {some}: give more of it")
    [attempts] = bases.values()
    return max(attempts)[1]


def attempts_of(deployment: Deployment, run: str) -> list[Run]:
    """All attempts of the run that this one is an attempt of, first to last."""
    match = NAME.fullmatch(run)
    names = [run]
    if match:
        found = map(NAME.fullmatch, _folders(deployment, match["base"]))
        same = [each for each in found if each and each["base"] == match["base"]]
        names = [each[0] for each in sorted(same, key=lambda each: int(each["attempt"] or 1))]
    store = lake(deployment)
    return [read_run(deployment, store, each, execution(deployment, each)) for each in names]


def read_run(deployment: Deployment, store: LakeBucket, name: str, known: Execution | None) -> Run:
    """A run from its record, or else from what its steps have left so far."""
    try:
        record = RunRecord.from_json(store.get(RunKeys(name).record).body)
    except ObjectMissingError:
        return run_of(read_left(store, name), known, execution_arn(deployment, name))
    return _recorded(record)


def run_of(left: Left, known: Execution | None, arn: str) -> Run:
    """A run as its documents and, if it is still known, its execution tell it."""
    if left.record:
        return _recorded(left.record)
    started = known.started if known else left.started
    stopped = known.stopped if known else left.finished
    state = left.failure.status if left.failure else UNKNOWN
    return Run(
        run=left.run,
        state=known.status if known else state,
        attempt=left.manifest.attempt if left.manifest else 1,
        target=left.manifest.target if left.manifest else "",
        started=started,
        seconds=(stopped - started).total_seconds() if started and stopped else None,
        objects=len(left.manifest.objects) if left.manifest else 0,
        records=left.counts,
        rows=left.rows if left.published else None,
        link=console_link(arn),
    )


def execution(deployment: Deployment, name: str) -> Execution | None:
    """None if Step Functions does not know it, or no longer."""
    machine = deployment.client("stepfunctions")
    try:
        found = machine.describe_execution(executionArn=execution_arn(deployment, name))
    except machine.exceptions.ExecutionDoesNotExist:
        return None
    return _execution(found)


def execution_arn(deployment: Deployment, name: str) -> str:
    machine = deployment.outputs["StateMachineArn"]
    return f"{machine.replace(':stateMachine:', ':execution:', 1)}:{name}"


def lake(deployment: Deployment) -> LakeBucket:
    """The lake's objects, for many readers at once."""
    many = Config(max_pool_connections=PARALLEL * 2)
    return LakeBucket(deployment.client("s3", many), deployment.outputs["LakeBucket"])


def rows_published(tables: Iterable[dict[str, int]]) -> int:
    """Rows that gold has gained or that changed in it."""
    return sum(each["inserted"] + each["updated"] for each in tables)


def _recorded(record: RunRecord) -> Run:
    return Run(
        run=record.run,
        state="SUCCEEDED",
        attempt=record.attempt,
        target=record.target,
        started=datetime.fromisoformat(record.started),
        seconds=record.seconds,
        objects=len(record.inputs),
        records=record.counts,
        rows=rows_published(record.tables.values()),
        link=record.link,
    )


def executions(
    deployment: Deployment, since: datetime | None, *, failed: bool = False
) -> Iterator[Execution]:
    """Newest first, as Step Functions lists them; failed ones are three listings."""
    statuses: list[str | None] = [*sorted(UNSUCCESSFUL)] if failed else [None]
    listings = (_listed(deployment, status) for status in statuses)
    for each in heapq.merge(*listings, key=lambda each: each.started, reverse=True):
        if since and each.started < since:
            return
        yield each


def _listed(deployment: Deployment, status: str | None) -> Iterator[Execution]:
    pages = (
        deployment.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(
            stateMachineArn=deployment.outputs["StateMachineArn"],
            **({"statusFilter": status} if status else {}),
        )
    )
    for page in pages:
        yield from map(_execution, page["executions"])


def _execution(found: dict[str, Any]) -> Execution:
    return Execution(found["name"], found["status"], found["startDate"], found.get("stopDate"))


def _documented(deployment: Deployment, ending: str, since: datetime | None) -> list[str]:
    """Names of runs by when their document was written, newest first. Lists all of `runs/`."""
    pages = deployment.client("s3").get_paginator("list_objects_v2")
    found = [
        (each["LastModified"], each["Key"].split("/")[1])
        for page in pages.paginate(Bucket=deployment.outputs["LakeBucket"], Prefix=RUNS)
        for each in page.get("Contents", [])
        if each["Key"].endswith(f"/{ending}") and each["Key"].count("/") == RUNS.count("/") + 1
    ]
    return [name for written, name in sorted(found, reverse=True) if not since or written >= since]


def _folders(deployment: Deployment, beginning: str) -> list[str]:
    """Names of runs that begin so and have a manifest or will have one."""
    pages = deployment.client("s3").get_paginator("list_objects_v2")
    return [
        each["Prefix"].removeprefix(RUNS).strip("/")
        for page in pages.paginate(
            Bucket=deployment.outputs["LakeBucket"], Prefix=f"{RUNS}{beginning}", Delimiter="/"
        )
        for each in page.get("CommonPrefixes", [])
    ]
