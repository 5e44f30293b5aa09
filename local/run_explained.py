"""Explains one run: what went in and out, what was set aside and why, and what to do next."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.dispatch.ports import UNSUCCESSFUL
from lambdas.dispatch.settings import DispatchSettings
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import gold_key
from lambdas.record.items import EXCEEDED, failed_item
from local.run_documents import Left, read_left
from local.run_steps import FOUND_BY_RECORD, Step, cause_in_a_sentence, failed_in, steps
from local.runs import (
    Run,
    RunsError,
    attempts_of,
    execution,
    execution_arn,
    find_run,
    lake,
    run_of,
)

if TYPE_CHECKING:
    from lambdas.lake.documents import CleanedObject
    from lambdas.lake.objects import ObjectStore
    from lambdas.record.documents import FailedItem
    from local.deployment import Deployment

ORIGINAL_SHOWN = 400
"""Characters of a quarantined record that an example repeats."""


@dataclass(frozen=True)
class Quarantined:
    """Records that were set aside for one reason; `example` is an entry of the object `key`."""

    reason: str
    records: int
    key: str
    example: dict[str, Any] | None


@dataclass(frozen=True)
class Explained:
    """All that one run's documents tell."""

    run: Run
    inputs: list[dict[str, Any]]
    batches: list[int]
    steps: list[Step]
    outputs: list[dict[str, Any]]
    warehouse: list[dict[str, Any]]
    quarantined: list[Quarantined]
    cause: str | None
    attempts: list[Run]
    next: list[str]


def explain(deployment: Deployment, wanted: str) -> Explained:
    """Explains the run whose name begins so. Raises RunsError."""
    name = find_run(deployment, wanted)
    store = lake(deployment)
    left = read_left(store, name)
    if left.manifest is None:
        raise RunsError(f"{name} started nothing: other runs have all its objects")
    run = run_of(left, execution(deployment, name), execution_arn(deployment, name))
    attempts = attempts_of(deployment, name)
    return Explained(
        run=run,
        inputs=[asdict(each) for each in left.manifest.objects],
        batches=[len(each.objects) for each in left.batches or []],
        steps=steps(left),
        outputs=_outputs(left),
        warehouse=[asdict(each) for each in left.loaded.tables] if left.loaded else [],
        quarantined=_quarantined(store, left.objects),
        cause=cause_in_a_sentence(left, _item(deployment, left)),
        attempts=attempts,
        next=advice(run, left, attempts),
    )


def advice(run: Run, left: Left, attempts: list[Run]) -> list[str]:
    """What to do next, most urgent first; something is always said. Pure."""
    told = [*_about_state(run, left, attempts)]
    if left.counts and left.counts["quarantined"]:
        told.append(
            "Look at the quarantined records above. If their source is wrong, mend it there and "
            "send them again, with a higher version. If our rules are, mend and deploy them, "
            "then rebuild gold from raw: make replay."
        )
    return told or ["Nothing: all went well."]


def _about_state(run: Run, left: Left, attempts: list[Run]) -> list[str]:
    later = [each for each in attempts if each.attempt > run.attempt]
    if run.state == "RUNNING":
        return [f"Wait, or watch it: {run.link}"]
    if run.state not in UNSUCCESSFUL:
        return (
            [] if run.state == "SUCCEEDED" else ["Ask its other attempts: this one is forgotten."]
        )
    if standing := [each for each in later if each.state not in UNSUCCESSFUL]:
        return [f"Nothing: {standing[0].run} took it over and is {standing[0].state.lower()}."]
    if later:
        return [f"Look at the newest attempt: make run RUN={later[-1].run}"]
    return [*_mend(left), _again(run)]


def _mend(left: Left) -> list[str]:
    """What a redrive alone would not mend."""
    error = left.failure.error if left.failure else None
    if error in FOUND_BY_RECORD:
        told = "Find out first why the counts differ: another attempt will count the same."
        return [f"{told} Gold has what was published."]
    if failed_in(left) in {"Load", "Load or Record"}:
        return ["See that the warehouse answers. Gold has this run's rows already."]
    return ["Mend the cause, if it is no passing one."]


def _again(run: Run) -> str:
    command = f"make redrive RUN={run.run}"
    if run.target:
        return f"Then start its next attempt: {command}"
    if run.attempt < DispatchSettings.max_attempts:
        return f"Then start its next attempt ({command}), or leave that to the sweeper."
    return f"Then start its next attempt: {command} (no more start by themselves)"


def _outputs(left: Left) -> list[dict[str, Any]]:
    """Partitions of gold with the generation that has this run's rows, and its rows there."""
    target = left.manifest.target if left.manifest else ""
    return [
        {
            "key": gold_key(target, each.part.table, each.part.partition, each.part.bucket),
            "generation": each.generation,
            "counts": asdict(each.counts),
        }
        for each in left.published
    ]


def _quarantined(store: ObjectStore, objects: list[CleanedObject]) -> list[Quarantined]:
    """By reason, most frequent first, each with an example from the first object that has one."""
    records: dict[str, int] = {}
    first: dict[str, str] = {}
    for each in objects:
        for reason, count in each.reasons.items():
            records[reason] = records.get(reason, 0) + count
            first.setdefault(reason, next(iter(each.quarantine), ""))
    ordered = sorted(records, key=lambda reason: -records[reason])
    return [
        Quarantined(reason, records[reason], first[reason], _example(store, first[reason], reason))
        for reason in ordered
    ]


def _example(store: ObjectStore, key: str, reason: str) -> dict[str, Any] | None:
    """None if the quarantine object is gone, or was written anew with other reasons."""
    try:
        lines = gzip.decompress(store.get(key).body).splitlines()
    except ObjectMissingError:
        return None
    for line in lines:
        entry: dict[str, Any] = json.loads(line)
        if entry["code"] == reason:
            original = entry["original"]
            text = str(original.get("text") or original.get("base64") or "")
            return {**entry, "original": text[:ORIGINAL_SHOWN]}
    return None


def _item(deployment: Deployment, left: Left) -> FailedItem | None:
    """The failed item of a map, if the run's failure does not name it: it was not listed then."""
    if left.failure is None or left.failure.error != EXCEEDED:
        return None
    if left.failure.item:
        return left.failure.item
    try:
        return failed_item(deployment.client("stepfunctions"), execution_arn(deployment, left.run))
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"ExecutionDoesNotExist", "ResourceNotFound"}:
            raise
    return None
