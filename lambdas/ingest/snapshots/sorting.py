"""The rows of a snapshot in the order of their keys, however many there are.

Sorted in runs that memory holds, which are merged from disk. A row is a line of ASCII without tabs
of its own, so files of lines do; a database would sort no better and want a schema.
"""

from __future__ import annotations

from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from lambdas.ingest.snapshots.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

RUN_BYTES = 24 * 1024 * 1024
"""Of a run's text; in memory it is about five times that."""

KEY = attrgetter("key")


class SortedRows:
    """Give it rows, then go through them as often as needed; of those of one key the last counts.

    `rows` and `repeated` are how many keys there are, and how many rows beyond them; `unkeyed`
    are rows without a key. `folder` has to exist, and takes twice the rows' bytes.
    """

    def __init__(self, folder: Path, run_bytes: int = RUN_BYTES) -> None:
        self.rows = self.repeated = self.unkeyed = 0
        self._folder, self._run_bytes = folder, run_bytes
        self._pending: list[Row] = []
        self._bytes = 0
        self._runs: list[Path] = []

    @classmethod
    def of(cls, rows: Iterable[Row], folder: Path, run_bytes: int = RUN_BYTES) -> SortedRows:
        found = cls(folder, run_bytes)
        for row in rows:
            found.add(row)
        found.sort()
        return found

    def add(self, row: Row) -> None:
        self._pending.append(row)
        self._bytes += len(row.key) + len(row.text)
        if self._bytes >= self._run_bytes:
            self._spill()

    def sort(self) -> None:
        """After the last row; only then they can be gone through, and are counted."""
        self._spill()
        merged = merge(*map(_read, self._runs), key=KEY)
        with self._sorted.open("w", encoding="ascii") as file:
            for _, same in groupby(merged, key=KEY):
                *others, row = same
                self.rows += 1
                self.repeated += len(others) if row.keyed else 0
                self.unkeyed += not row.keyed
                file.write(f"{row.key}\t{row.text}\n")
        for run in self._runs:
            run.unlink()

    def __iter__(self) -> Iterator[Row]:
        return _read(self._sorted)

    @property
    def _sorted(self) -> Path:
        return self._folder / "sorted"

    def _spill(self) -> None:
        run = self._folder / f"run-{len(self._runs)}"
        self._pending.sort(key=KEY)
        with run.open("w", encoding="ascii") as file:
            file.writelines(f"{row.key}\t{row.text}\n" for row in self._pending)
        self._runs.append(run)
        self._pending, self._bytes = [], 0


def _read(path: Path) -> Iterator[Row]:
    with path.open(encoding="ascii") as file:
        for line in file:
            key, _, text = line.rstrip("\n").partition("\t")
            yield Row(key, text)
