"""Snapshots: what a source that tells no changes has now, turned into what changed since.

Every pull compares what it fetched with the *index*, the rows of the last committed snapshot, and
writes to raw only rows that are new or other, and a tombstone for each key that is gone. Each row
carries `_deleted` and `_snapshot`: twice the snapshot's number in a tombstone, and one more in a
row, so that no row is older than a tombstone of its snapshot. The mapping orders states by them:

    version: {sequence: _snapshot}
    deleted: _deleted = 'true'

A tombstone is the row as it last was, since a dimension keeps its deleted members and a fact's
partition follows from its time. That is why the index has rows, and not digests alone.
"""

from __future__ import annotations

from lambdas.ingest.snapshots.errors import (
    DamagedStateError,
    SupersededError,
    SuspiciousSnapshotError,
)
from lambdas.ingest.snapshots.protocol import Base, Committed, Snapshots, Taken
from lambdas.ingest.snapshots.pulling import committed, losses, snapshots_of, superseded
from lambdas.ingest.snapshots.rows import Row, row_of
from lambdas.ingest.snapshots.sorting import SortedRows
from lambdas.ingest.snapshots.watermark import Place, StatedWatermarks, Watermark, Watermarks

__all__ = [
    "Base",
    "Committed",
    "DamagedStateError",
    "Place",
    "Row",
    "Snapshots",
    "SortedRows",
    "StatedWatermarks",
    "SupersededError",
    "SuspiciousSnapshotError",
    "Taken",
    "Watermark",
    "Watermarks",
    "committed",
    "losses",
    "row_of",
    "snapshots_of",
    "superseded",
]
