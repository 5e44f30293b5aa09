"""A shop's products, and snapshots of them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from lambdas.ingest.snapshots import (
    Committed,
    Snapshots,
    Taken,
)
from tests.fakes import FakeLake
from tests.snapshots import PLACE, FakeWatermarks, rows, told

if TYPE_CHECKING:
    from pathlib import Path

PAN, POT, CUP = ({"id": name, "price": "1.00"} for name in ("pan", "pot", "cup"))


class Shop:
    """A resource and its pulls."""

    def __init__(self, folder: Path) -> None:
        self.lake, self.watermarks, self.place = FakeLake(), FakeWatermarks(), PLACE
        self.folder = folder
        self._tokens = map(str, itertools.count(1))

    @property
    def snapshots(self) -> Snapshots:
        return Snapshots(
            self.lake, self.watermarks, self.place, self.folder, lambda: next(self._tokens)
        )

    def taken(self, *records: Any, **said: Any) -> Taken:
        folder = self.folder / next(self._tokens)
        folder.mkdir()
        found = {"complete": True, "may_lose": 0.7, **said}
        return Taken(rows(folder, records, self.place.key), **found)

    def pull(self, *records: Any, **said: Any) -> Committed:
        return self.snapshots.commit(self.snapshots.begin(), self.taken(*records, **said))

    def told(self, number: int) -> list[dict[str, Any]]:
        return [each for each in told(self.lake, self.place) if each["_snapshot"] // 2 == number]
