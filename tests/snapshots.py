"""Snapshots in memory: their watermark as a table keeps it, and what raw says once all is read."""

from __future__ import annotations

import gzip
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.ingest.snapshots import Place, SortedRows, Watermark, row_of
from lambdas.lake.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from tests.fakes import FakeLake

PLACE = Place("shop-api", "products", "shop-products", ("id",))


def _no_hook(_operation: str, _key: str) -> None:
    """Nothing goes wrong."""


@dataclass
class FakeWatermarks:
    """`Watermarks` in memory: documents, replaced under a condition as DynamoDB does.

    Hooks are as `FakeLake` has them, for the operations read and replace. `history` is all that
    was ever written.
    """

    before: Callable[[str, str], None] = _no_hook
    after: Callable[[str, str], None] = _no_hook
    history: list[Watermark] = field(default_factory=list)
    _stored: str | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def read(self) -> Watermark | None:
        self.before("read", "")
        with self._lock:
            found = self._now()
        self.after("read", "")
        return found

    def replace(self, known: Watermark | None, successor: Watermark) -> None:
        self.before("replace", "")
        with self._lock:
            now = self._now()
            if (now and now.revision) != (known and known.revision):
                raise PreconditionError(f"the watermark is {now}")
            self._stored = json.dumps(successor.to_dict())
            self.history.append(successor)
        self.after("replace", "")

    def forget(self) -> None:
        self._stored = None

    def _now(self) -> Watermark | None:
        return Watermark.from_dict(json.loads(self._stored)) if self._stored else None


def rows(
    folder: Path, records: Iterable[Any], key: tuple[str, ...] = ("id",), run_bytes: int = 200
) -> SortedRows:
    """Sorted in runs so small that there are several."""
    return SortedRows.of((row_of(each, key) for each in records), folder, run_bytes)


def told(lake: FakeLake, place: Place = PLACE) -> list[dict[str, Any]]:
    """All that the raw objects of a resource say, in the order of their names."""
    return [
        json.loads(each)
        for key in lake.keys(place.raw)
        for each in gzip.decompress(lake.get(key).body).splitlines()
    ]


def shown(lines: Iterable[Mapping[str, Any]], key: str = "id") -> dict[str, dict[str, Any]]:
    """What gold shows once these lines were read, in whatever order: the highest version wins."""
    newest: dict[str, Mapping[str, Any]] = {}
    for each in lines:
        known = newest.get(each[key])
        if known is None or _version(each) > _version(known):
            newest[each[key]] = each
    return {
        name: {k: v for k, v in each.items() if not k.startswith("_")}
        for name, each in newest.items()
        if not each["_deleted"]
    }


def _version(each: Mapping[str, Any]) -> tuple[int, bool, str]:
    return each["_snapshot"], each["_deleted"], json.dumps(each, sort_keys=True)
