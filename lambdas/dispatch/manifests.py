"""The documents that make a run repeatable. Each is written once, and says the same ever after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.dispatch.runs import Candidates, Run
from lambdas.lake.documents import Manifest
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import RunKeys
from lambdas.lake.objects import create

if TYPE_CHECKING:
    from lambdas.lake.documents import RawObject
    from lambdas.lake.objects import ObjectStore


@dataclass(frozen=True)
class Manifests:
    store: ObjectStore

    def keep_candidates(self, digest: str, objects: list[RawObject]) -> None:
        create(self.store, RunKeys(digest).candidates, Candidates(digest, objects).to_json())

    def candidates(self, digest: str) -> list[RawObject]:
        """Raises ObjectMissingError."""
        body = self.store.get(RunKeys(digest).candidates).body
        return Candidates.from_json(body).objects

    def write(self, manifest: Manifest) -> None:
        create(self.store, RunKeys(manifest.run).manifest, manifest.to_json())

    def failure(self, run: str) -> str:
        """Status, error and cause of an attempt that failed, and of its item if one of a map's did.

        Empty if nothing has noted them.
        """
        try:
            told = json.loads(self.store.get(RunKeys(run).failure).body)
        except ObjectMissingError:
            return ""
        both = (told, told.get("item") or {})
        names = ("status", "error", "cause")
        return " ".join(str(each[name]) for each in both for name in names if each.get(name))

    def run(self, base: str) -> Run:
        """The run as its first attempt had it. Raises ObjectMissingError."""
        first = Manifest.from_json(self.store.get(RunKeys(base).manifest).body)
        return Run(base, first.digest, first.objects, first.target)
