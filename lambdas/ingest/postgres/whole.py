"""A small table, whole: what changed since its last snapshot, and tombstones for what is gone."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.marks import fields
from lambdas.ingest.postgres.shape import relation
from lambdas.ingest.snapshots import (
    DamagedStateError,
    SortedRows,
    SupersededError,
    SuspiciousSnapshotError,
    Taken,
    committed,
    losses,
    row_of,
    snapshots_of,
    superseded,
)
from lambdas.ingest.snapshots.protocol import MAY_LOSE
from lambdas.sql import identifiers, quoted, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdas.ingest.postgres.connection import Connection
    from lambdas.ingest.postgres.reader import Reader
    from lambdas.ingest.task import Pulled, Task, Tools


class Records:
    """Takes a header and rows of CSV; each row is a record by the header's names."""

    def __init__(self, rows: SortedRows, key: Sequence[str]) -> None:
        self._rows, self._key = rows, key
        self._names: list[str] = []

    def write(self, row: bytes) -> None:
        found = list(fields(row))
        if self._names:
            self._rows.add(row_of(dict(zip(self._names, found, strict=True)), self._key))
        else:
            self._names = [str(each) for each in found]


def pull_whole(task: Task, tools: Tools, reader: Reader) -> Pulled:
    """Raises PullError, and DroppedError if the database stays away."""
    if "by" in tools.states.read(task.pull.name, task.resource).said:
        raise PullError(f"{reader.place}: it was incremental before: give it another name here")
    with TemporaryDirectory() as folder:
        snapshots = snapshots_of(task, tools, reader.said.into, reader.said.key, Path(folder))
        try:
            base = snapshots.begin()
            rows = reader.retried(lambda connection: _fetched(connection, reader, folder))
            taken = Taken(rows, complete=True, may_lose=losses(task, MAY_LOSE))
            return committed(snapshots.commit(base, taken))
        except SupersededError as error:
            return superseded(error)
        except (SuspiciousSnapshotError, DamagedStateError) as error:
            raise PullError(f"{reader.place}: {error}") from error


def _fetched(connection: Connection, reader: Reader, folder: str) -> SortedRows:
    """Each try in a folder of its own, of which nothing is left if it fails."""
    own = Path(mkdtemp(dir=folder))
    try:
        return _rows(connection, reader, own)
    except BaseException:
        shutil.rmtree(own)
        raise


def _rows(connection: Connection, reader: Reader, folder: Path) -> SortedRows:
    """Raises PullError unless each row has a key of its own."""
    said, shape = reader.said, reader.shape(connection)
    key = [shape.column(each, "key") for each in said.key]
    query = statement(
        "ingest/whole",
        columns=identifiers(map(quoted, shape.selected(key))),
        relation=relation(said),
        where=said.where or "true",
    )
    rows = SortedRows(folder)
    connection.copy(query, Records(rows, said.key))
    rows.sort()
    if rows.repeated:
        raise PullError(f"{reader.place}.key: {rows.repeated} rows have the key of another")
    if rows.unkeyed:
        raise PullError(
            f"{reader.place}.key: {rows.unkeyed} rows have none, since a column of it is NULL or "
            "blank. Leave them out by `where`, or mend them"
        )
    return rows
