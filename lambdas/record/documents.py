"""What the steps of a run left behind, and what a run leaves behind itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdas.contracts import BY_ENTITY
from lambdas.lake.documents import (
    CleanBatch,
    CleanedBatch,
    CleanedObject,
    ConformedRun,
    Document,
    LoadedRun,
    Manifest,
    PublishedPart,
)
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import RunKeys

if TYPE_CHECKING:
    from typing import Any, Self

    from lambdas.lake.documents import DeltaPart
    from lambdas.lake.objects import ObjectStore


class MissingDocumentError(Exception):
    """A step reported success, but its document is not there. Poison."""


@dataclass(frozen=True)
class RunDocuments:
    """All documents of one run; `loaded` only where a warehouse is loaded."""

    manifest: Manifest
    cleaned: list[CleanedBatch]
    conformed: ConformedRun
    published: list[PublishedPart]
    loaded: LoadedRun | None

    @property
    def objects(self) -> list[CleanedObject]:
        return [each for batch in self.cleaned for each in batch.objects]


@dataclass(frozen=True)
class RunRecord(Document):
    """`runs/<run>/record.json`: exists once a run has succeeded, and only then.

    `counts` are records, as clean counted them; `tables` are rows by table, as conform and
    publish counted them together. `lineage` leads from each raw object over its cleaned objects
    to tables; `outputs` names every object written; `newest` says by table when its newest fact
    happened. Times are ISO 8601 in UTC.
    """

    run: str
    digest: str
    attempt: int
    target: str
    execution: str
    link: str
    started: str
    finished: str
    seconds: float
    counts: dict[str, int]
    reasons: dict[str, int]
    tables: dict[str, dict[str, int]]
    inputs: list[dict[str, Any]]
    outputs: dict[str, Any]
    lineage: list[dict[str, Any]]
    newest: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FailedItem(Document):
    """An item of a distributed map, by the ARN of its execution, and how that failed."""

    execution: str
    error: str | None
    cause: str | None


@dataclass(frozen=True)
class RunFailure(Document):
    """`runs/<run>/failure.json`: how an execution that did not succeed ended.

    `item` is the reason if the run's own error is only that items of a map failed.
    """

    run: str
    execution: str
    link: str
    status: str
    error: str | None
    cause: str | None
    started: str | None
    finished: str | None
    input: str | None
    item: FailedItem | None = None

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        item = fields.get("item")
        return cls(**{**fields, "item": FailedItem(**item) if item else None})


def gather(store: ObjectStore, run: str) -> RunDocuments:
    """Reads the documents of a run. Raises MissingDocumentError, which names the document."""
    keys = RunKeys(run)
    batches = [CleanBatch.from_dict(each) for each in json.loads(_read(store, keys.clean_batches))]
    conformed = ConformedRun.from_json(_read(store, keys.conformed))
    return RunDocuments(
        manifest=Manifest.from_json(_read(store, keys.manifest)),
        cleaned=[
            CleanedBatch.from_json(_read(store, keys.cleaned(batch.number))) for batch in batches
        ],
        conformed=conformed,
        published=[_published(store, keys, part) for part in conformed.deltas],
        loaded=_loaded(store, keys),
    )


def table_of(entity: str) -> str:
    return BY_ENTITY[entity].table


def console_link(execution: str) -> str:
    """Where the console shows an execution, from its ARN."""
    region = execution.split(":")[3]
    host = f"https://{region}.console.aws.amazon.com"
    return f"{host}/states/home?region={region}#/v2/executions/details/{execution}"


def _read(store: ObjectStore, key: str) -> bytes:
    try:
        return store.get(key).body
    except ObjectMissingError as error:
        raise MissingDocumentError(key) from error


def _published(store: ObjectStore, keys: RunKeys, part: DeltaPart) -> PublishedPart:
    key = keys.published(part.table, part.partition, part.bucket)
    return PublishedPart.from_json(_read(store, key))


def _loaded(store: ObjectStore, keys: RunKeys) -> LoadedRun | None:
    try:
        return LoadedRun.from_json(store.get(keys.loaded).body)
    except ObjectMissingError:
        return None
