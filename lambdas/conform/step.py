"""All that a run cleaned -> its deltas, and the items that the two publish maps go over."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from lambdas.conform.transform import conform
from lambdas.contracts import BY_TABLE, Kind
from lambdas.engine import connect
from lambdas.lake.documents import CleanedBatch, ConformedRun, DeltaPart
from lambdas.lake.layout import RunKeys, delta_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.conform.transform import Conformed, Delta
    from lambdas.lake.documents import CleanedEntity
    from lambdas.lake.objects import ObjectStore

TRANSFERS = 8
"""Objects in transfer at once; each is small, so latency rules."""

WAVES = {"dimensions": Kind.DIMENSION, "facts": Kind.FACT}


class LostRowsError(Exception):
    """Other rows came to conform than clean accepted: the run must not go on."""


def conform_run(store: ObjectStore, run: str) -> dict[str, Any]:
    """Writes the run's deltas and documents; returns the key and count of each publish map."""
    cleaned = _cleaned(store, run)
    with TemporaryDirectory() as scratch:
        inbox, outbox = Path(scratch, "cleaned"), Path(scratch, "delta")
        inbox.mkdir()
        outbox.mkdir()
        paths = _download(store, cleaned, inbox)
        with connect(Path(scratch)) as connection:
            conformed = conform(connection, paths, outbox)
        _confirm(cleaned, conformed)
        parts = _upload(store, run, conformed.deltas)
    document = ConformedRun(parts, conformed.counts, conformed.newest)
    store.put(RunKeys(run).conformed, document.to_json())
    return {wave: _publish_items(store, run, wave, parts) for wave in WAVES}


def _cleaned(store: ObjectStore, run: str) -> list[CleanedEntity]:
    """What the run's documents name. Raises ObjectMissingError if a batch has none."""
    keys = RunKeys(run)
    batches = json.loads(store.get(keys.clean_batches).body)

    def read(batch: dict[str, Any]) -> CleanedBatch:
        return CleanedBatch.from_json(store.get(keys.cleaned(batch["number"])).body)

    with ThreadPoolExecutor(TRANSFERS) as pool:
        documents = list(pool.map(read, batches))
    return [
        entity for document in documents for source in document.objects for entity in source.cleaned
    ]


def _download(
    store: ObjectStore, cleaned: list[CleanedEntity], folder: Path
) -> dict[str, list[Path]]:
    def fetch(number: int, entity: CleanedEntity) -> Path:
        path = folder / f"{number}.parquet"
        path.write_bytes(store.get(entity.key).body)
        return path

    with ThreadPoolExecutor(TRANSFERS) as pool:
        fetched = list(pool.map(fetch, range(len(cleaned)), cleaned))
    paths: dict[str, list[Path]] = {}
    for entity, path in zip(cleaned, fetched, strict=True):
        paths.setdefault(entity.entity, []).append(path)
    return paths


def _confirm(cleaned: list[CleanedEntity], conformed: Conformed) -> None:
    """Law 1 between clean and conform."""
    accepted: Counter[str] = Counter()
    for each in cleaned:
        accepted[each.entity] += each.rows
    if accepted != conformed.arrived:
        raise LostRowsError(f"clean accepted {dict(accepted)}, but {conformed.arrived} arrived")


def _upload(store: ObjectStore, run: str, deltas: Iterable[Delta]) -> list[DeltaPart]:
    def send(delta: Delta) -> DeltaPart:
        key = delta_key(run, delta.table, delta.partition, delta.bucket)
        body = delta.path.read_bytes()
        store.put(key, body)
        return DeltaPart(
            delta.table, delta.partition, delta.bucket, key, rows=delta.rows, size=len(body)
        )

    with ThreadPoolExecutor(TRANSFERS) as pool:
        return list(pool.map(send, deltas))


def _publish_items(
    store: ObjectStore, run: str, wave: str, parts: list[DeltaPart]
) -> dict[str, Any]:
    key = RunKeys(run).publish_items(wave)
    items = [asdict(part) for part in parts if BY_TABLE[part.table].kind is WAVES[wave]]
    store.put(key, json.dumps(items, separators=(",", ":")).encode())
    return {"key": key, "count": len(items)}
