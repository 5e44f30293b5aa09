"""`make drop`: puts a shop's files where its objects arrive, and tells what became of them."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.clean.mapping import MappingError, Mappings
from lambdas.dispatch.ports import UNSUCCESSFUL
from lambdas.lake.documents import Manifest
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import RunKeys
from local.operate import OperateError
from local.processes import ROOT
from local.run_documents import read_left
from local.runs import executions, lake

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.lake.documents import CleanedObject
    from local.deployment import Deployment

LOOK_SECONDS = 2.0
WAIT_SECONDS = 1800
CLOCKS = timedelta(minutes=1)
"""By how much a clock here may be ahead of that of Step Functions."""

KEY_BYTES = 1024
"""S3's limit."""

SOURCES = ROOT / "sources"
Version = tuple[str, str]
"""A raw object's key and version id."""


def drop(
    deployment: Deployment,
    say: Callable[[str], None],
    *,
    source: str | None = None,
    file: str | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Puts a file, or all files of a folder and of those in it, and waits until they are promoted.

    Of each object, the answer has its counts, its quarantined records by reason, and columns that
    the mapping does not ask for. Raises OperateError.
    """
    files = {_key(_arrives(source), name): path for name, path in _files(file).items()}
    if dry_run:
        return {"objects": list(files), "dry_run": True}
    began = datetime.now(UTC) - CLOCKS
    storage, bucket = deployment.client("s3"), deployment.outputs["LakeBucket"]
    versions: set[Version] = set()
    for key, path in files.items():
        say(f"putting {path.name}")
        with path.open("rb") as body:
            answer = storage.put_object(Bucket=bucket, Key=key, Body=body)
        versions.add((key, answer["VersionId"]))
    runs = _promoted(deployment, say, versions, began)
    left = [read_left(lake(deployment), run) for run in runs]
    objects = [each for run in left for batch in run.cleaned for each in batch.objects]
    mine = [each for each in objects if (each.source.key, each.source.version_id) in versions]
    return {"objects": {each.source.key: _told(each) for each in mine}, "runs": runs}


def _arrives(source: str | None) -> str:
    try:
        arrivals = Mappings.of_folder(SOURCES).arrivals
    except MappingError as error:
        raise OperateError(str(error)) from error
    if source not in arrivals:
        raise OperateError(f"SOURCE is one of {', '.join(arrivals)}: there is no other mapping")
    return arrivals[source]


def _key(arrives: str, name: str) -> str:
    key = f"{arrives}{name}"
    try:
        fits = len(key.encode()) <= KEY_BYTES
    except UnicodeEncodeError:  # of a name that is no UTF-8
        fits = False
    if not fits:
        raise OperateError(f"{name!a}: a name has to be UTF-8, and a key of {KEY_BYTES} bytes")
    return key


def _files(file: str | None) -> dict[str, Path]:
    """By name, with its folders within the given one; hidden ones are left out."""
    place = Path(file) if file else None
    if place is None or not place.exists():
        raise OperateError(f"FILE is a file or a folder of files, and {file or 'nothing'} is none")
    if place.is_file():
        return {place.name: place}
    found = {each.relative_to(place): each for each in sorted(place.rglob("*")) if each.is_file()}
    seen = {name.as_posix(): each for name, each in found.items() if not _is_hidden(name)}
    if not seen:
        raise OperateError(f"there is no file in {place}")
    return seen


def _is_hidden(name: Path) -> bool:
    """As what systems and Spark leave beside files: `.DS_Store`, `.part-0.parquet.crc`."""
    return any(part.startswith(".") for part in name.parts)


def _promoted(
    deployment: Deployment, say: Callable[[str], None], wanted: set[Version], began: datetime
) -> list[str]:
    """The runs that have them, once all of these have succeeded. Raises OperateError."""
    store, deadline = lake(deployment), time.monotonic() + WAIT_SECONDS
    held: dict[str, set[Version]] = {}
    while time.monotonic() < deadline:
        done: set[Version] = set()
        states = {each.name: each.status for each in executions(deployment, began)}
        for run, state in states.items():
            if run not in held:
                try:
                    manifest = Manifest.from_json(store.get(RunKeys(run).manifest).body)
                except ObjectMissingError:
                    continue  # as of a replay's run that is just begun
                held[run] = wanted & {(each.key, each.version_id) for each in manifest.objects}
            if held[run] and state in UNSUCCESSFUL:
                raise OperateError(f"run {run} has {state}: see make run RUN={run}")
            done |= held[run] if state == "SUCCEEDED" else set()
        if done == wanted:
            return [run for run in states if held.get(run)]
        say(f"{len(done)} of {len(wanted)} promoted")
        time.sleep(LOOK_SECONDS)
    raise OperateError(f"not promoted within {WAIT_SECONDS} s: see make runs")


def _told(cleaned: CleanedObject) -> dict[str, Any]:
    told = asdict(cleaned.counts) | {"reasons": cleaned.reasons, "new_columns": cleaned.new_columns}
    if cleaned.mail and cleaned.mail.ignored:
        told["ignored_because"] = cleaned.mail.ignored
    return told
