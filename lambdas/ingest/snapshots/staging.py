"""A snapshot's changes and its index, written where nobody reads them yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lambdas.ingest.snapshots.difference import compared
from lambdas.ingest.snapshots.parts import PartWriter, read_parts
from lambdas.ingest.snapshots.rows import Row, line, rekeyed
from lambdas.ingest.snapshots.sorting import SortedRows
from lambdas.ingest.snapshots.watermark import Index, Pending

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.ingest.snapshots.difference import Compared
    from lambdas.ingest.snapshots.watermark import Place
    from lambdas.lake.objects import ObjectStore


CHANGES, INDEX = STAGED = ("changes-", "index-")
"""What the names of staged objects begin with."""


@dataclass
class Counts:
    """Keys of a snapshot: new or other, as they were, gone, and not seen but not gone for it."""

    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    unseen: int = 0


@dataclass(frozen=True)
class Staged:
    pending: Pending
    counts: Counts


class Staging:
    """Stages snapshot `number` of a resource in a folder of its own."""

    def __init__(
        self, store: ObjectStore, place: Place, number: int, folder: str, scratch: Path
    ) -> None:
        self._store, self._place, self._number = store, place, number
        self._folder, self._scratch = folder, scratch
        self._changes = PartWriter(store, f"{folder}{CHANGES}")
        self._index = PartWriter(store, f"{folder}{INDEX}")
        self._counts = Counts()
        self._indexed = 0

    def stage(self, known: Index | None, rows: SortedRows, *, complete: bool, mark: str) -> Staged:
        """Raises ObjectMissingError if the known index is no longer there."""
        moved = known is not None and known.into != self._place.into
        with TemporaryDirectory(dir=self._scratch) as folder:
            for each in compared(self._known(known, folder), rows):
                self._tell(each, complete=complete, again=moved)
        self._changes.close()
        self._index.close()
        index = Index(
            self._folder, self._index.parts, self._indexed, self._place.into, self._place.key
        )
        raw = self._place.raw_prefix(self._number)
        return Staged(Pending(self._number, index, self._changes.parts, raw, mark), self._counts)

    def _tell(self, each: Compared, *, complete: bool, again: bool) -> None:
        """Where the rows arrive elsewhere than before, all of them are told again."""
        if each.now is not None:
            told = each.changed or again
            self._counts.changed += told
            self._counts.unchanged += not told
            self._keep(each.now)
            if told:
                self._changes.add(line(each.now, self._number, deleted=False))
        elif each.before is not None and not complete:
            self._counts.unseen += 1
            self._keep(each.before)
        elif each.before is not None and each.before.keyed:
            self._counts.gone += 1
            self._changes.add(line(each.before, self._number, deleted=True))

    def _keep(self, row: Row) -> None:
        self._index.add(f"{row.key}\t{row.text}")
        self._indexed += 1

    def _known(self, index: Index | None, folder: str) -> Iterable[Row]:
        """The rows that are known, by the key that the resource has now."""
        if index is None:
            return ()
        rows = _indexed(self._store, index)
        if index.key == self._place.key:
            return rows
        return SortedRows.of((rekeyed(row, self._place.key) for row in rows), Path(folder))


def _indexed(store: ObjectStore, index: Index) -> Iterator[Row]:
    for each in read_parts(store, index.prefix, index.parts):
        key, _, text = each.partition("\t")
        yield Row(key, text)
