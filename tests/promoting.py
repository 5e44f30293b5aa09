"""The promotion in process: the steps that the state machine calls, over a lake in memory."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from lambdas.clean.batch import clean_batch
from lambdas.conform.step import WAVES, conform_run
from lambdas.lake.documents import CleanBatch, CleanedObject, DeltaPart, Manifest
from lambdas.lake.layout import GOLD, LIVE, RunKeys, gold_key
from lambdas.plan.step import plan
from lambdas.publish.handler import publish_part
from lambdas.publish.protocol import Publisher
from tests.fakes import FakeLake
from tests.publishing import quick_render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from lambdas.lake.documents import RawObject


@dataclass
class PromotedLake:
    """Gold is written as the publisher's tests do it; all else is what ships."""

    store: FakeLake = field(default_factory=FakeLake)

    def promote(self, run: str, objects: Sequence[RawObject]) -> list[CleanedObject]:
        """What became of each object."""
        self.store.put(RunKeys(run).manifest, Manifest(run, run, 1, list(objects)).to_json())
        plan(self.store, run)
        cleaned = []
        for each in json.loads(self.store.get(RunKeys(run).clean_batches).body):
            done = clean_batch(self.store, run, CleanBatch.from_dict(each))
            assert done, "an object takes more than one invocation"
            cleaned += done.objects
        conform_run(self.store, run)
        publisher = Publisher(self.store, quick_render)
        for part in self._deltas(run):
            publish_part(publisher, run, part, LIVE)
        return cleaned

    def _deltas(self, run: str) -> Iterator[DeltaPart]:
        for wave in WAVES:
            for each in json.loads(self.store.get(RunKeys(run).publish_items(wave)).body):
                yield DeltaPart(**each)

    def sales(self) -> dict[str, tuple[int, int, str]]:
        """In gold, by month: lines, units and money."""
        found = {}
        for key in sorted(self.store.keys(f"{GOLD}sales/")):
            rows = self._gold(key).select(["qty", "total_price"]).to_pylist()
            units = sum(row["qty"] for row in rows)
            money = sum((row["total_price"] for row in rows), Decimal(0))
            if rows:
                found[key.split("month=")[1][:7]] = (len(rows), units, str(money))
        return found

    def members(self, table: str, known_by: str) -> tuple[int, int]:
        """How many are in gold, and of how many that column is known."""
        if self.store.head(gold_key(LIVE, table, "", 0)) is None:
            return 0, 0
        column = self._gold(gold_key(LIVE, table, "", 0))[known_by]
        return len(column), len(column) - column.null_count

    def _gold(self, key: str) -> pa.Table:
        return pq.read_table(io.BytesIO(self.store.get(key).body))
