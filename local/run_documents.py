"""What a run has left under `runs/<run>/` so far: all of it, or as far as it came."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from lambdas.lake.documents import (
    CleanBatch,
    CleanedBatch,
    CleanedObject,
    ConformedRun,
    LoadedRun,
    Manifest,
    PublishedPart,
    RecordCounts,
)
from lambdas.lake.layout import RUNS
from lambdas.record.documents import RunFailure, RunRecord

if TYPE_CHECKING:
    from lambdas.lake.objects import LakeBucket

PARALLEL = 16
TOLD = re.compile(
    r"(manifest|clean-batches|conformed|loaded|record|failure)\.json|(cleaned|published)/.*\.json"
)
"""The documents that tell something of their own, among all that lie there."""


@dataclass(frozen=True)
class Left:
    """The documents of one run. `written` is when each was written last, by its name there."""

    run: str
    written: dict[str, datetime]
    manifest: Manifest | None = None
    batches: list[CleanBatch] | None = None
    cleaned: list[CleanedBatch] = field(default_factory=list)
    conformed: ConformedRun | None = None
    published: list[PublishedPart] = field(default_factory=list)
    loaded: LoadedRun | None = None
    record: RunRecord | None = None
    failure: RunFailure | None = None

    @property
    def objects(self) -> list[CleanedObject]:
        return [each for batch in self.cleaned for each in batch.objects]

    @property
    def counts(self) -> dict[str, int] | None:
        """Records by what became of them, as far as they are cleaned."""
        if not self.cleaned:
            return None
        return asdict(sum((each.counts for each in self.objects), RecordCounts(records=0)))

    @property
    def rows(self) -> int:
        """Rows that gold has gained or that changed in it."""
        return sum(each.counts.inserted + each.counts.updated for each in self.published)

    @property
    def started(self) -> datetime | None:
        """When it was told to start, as exactly as its documents say."""
        told = (self.record and self.record.started) or (self.failure and self.failure.started)
        return datetime.fromisoformat(told) if told else self.written.get("manifest.json")

    @property
    def finished(self) -> datetime | None:
        told = (self.record and self.record.finished) or (self.failure and self.failure.finished)
        return datetime.fromisoformat(told) if told else None


def read_left(store: LakeBucket, run: str) -> Left:
    """Lists the run's folder and reads what lies there; an unknown run has left nothing."""
    folder = f"{RUNS}{run}/"
    pages = store.client.get_paginator("list_objects_v2")
    written = {
        each["Key"].removeprefix(folder): each["LastModified"]
        for page in pages.paginate(Bucket=store.bucket, Prefix=folder)
        for each in page.get("Contents", [])
    }
    names = [name for name in written if TOLD.fullmatch(name)]
    with ThreadPoolExecutor(PARALLEL) as pool:
        bodies = pool.map(lambda name: store.get(f"{folder}{name}").body, names)
        return _left(run, written, dict(zip(names, bodies, strict=True)))


def _left(run: str, written: dict[str, datetime], bodies: dict[str, bytes]) -> Left:
    def one(name: str) -> bytes | None:
        return bodies.get(f"{name}.json")

    def many(folder: str) -> list[bytes]:
        return [bodies[name] for name in sorted(bodies) if name.startswith(f"{folder}/")]

    batches, record, failure = one("clean-batches"), one("record"), one("failure")
    manifest, conformed, loaded = one("manifest"), one("conformed"), one("loaded")
    return Left(
        run=run,
        written=written,
        manifest=Manifest.from_json(manifest) if manifest else None,
        batches=[CleanBatch.from_dict(e) for e in json.loads(batches)] if batches else None,
        cleaned=[CleanedBatch.from_json(each) for each in many("cleaned")],
        conformed=ConformedRun.from_json(conformed) if conformed else None,
        published=[PublishedPart.from_json(each) for each in many("published")],
        loaded=LoadedRun.from_json(loaded) if loaded else None,
        record=RunRecord.from_json(record) if record else None,
        failure=RunFailure.from_json(failure) if failure else None,
    )
