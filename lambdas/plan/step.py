"""From the run's manifest to the batches that the clean map goes over."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lambdas.lake.documents import Manifest
from lambdas.lake.layout import RunKeys
from lambdas.plan.batches import split

if TYPE_CHECKING:
    from lambdas.lake.objects import ObjectStore


def plan(store: ObjectStore, run: str) -> dict[str, Any]:
    """Writes the batches as one JSON array; returns what the state machine needs to go on."""
    keys = RunKeys(run)
    manifest = Manifest.from_json(store.get(keys.manifest).body)
    batches = split(manifest.objects)
    body = json.dumps([asdict(batch) for batch in batches], separators=(",", ":")).encode()
    store.put(keys.clean_batches, body)
    return {
        "run": run,
        "target": manifest.target,
        "batches": len(batches),
        "clean_batches": keys.clean_batches,
    }
