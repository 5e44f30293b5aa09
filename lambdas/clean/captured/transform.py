"""Cleaning one raw object: its bytes -> accepted rows as Parquet, and every rejection by row.

Pure but for files in a folder of the caller's: no AWS, no clock, no randomness. Equal bytes give
equal files.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from lambdas.clean.captured.decode import read_lines
from lambdas.clean.captured.entities import CONTRACT_OF, mapped
from lambdas.clean.captured.records import Record, read_record
from lambdas.clean.judging import Accepted, Staged, judge
from lambdas.clean.reasons import WHOLE_OBJECT, Reason, RejectedError, Rejection
from lambdas.lake.documents import RecordCounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from lambdas.clean.captured.decode import Line

NOTHING: Mapping[int, Rejection] = MappingProxyType({})


@dataclass
class Cleaned:
    """What became of an object's records; `rejected` is by the number of the row."""

    counts: RecordCounts
    accepted: list[Accepted] = field(default_factory=list)
    rejected: dict[int, Rejection] = field(default_factory=dict)

    @property
    def reasons(self) -> dict[str, int]:
        found = Counter(rejection.reason.code for rejection in self.rejected.values())
        return dict(sorted(found.items()))


@dataclass
class Sorted:
    """An object's records by entity, one NDJSON file each, before anything is checked."""

    records: int = 0
    ignored: int = 0
    files: dict[str, Path] = field(default_factory=dict)
    rejected: dict[int, Rejection] = field(default_factory=dict)

    @property
    def staged(self) -> list[Staged]:
        return [
            Staged(path, "clean/source", (mapped(entity),))
            for entity, path in sorted(self.files.items())
        ]


def clean(
    connection: DuckDBPyConnection,
    body: bytes,
    folder: Path,
    unfit: Mapping[int, Rejection] = NOTHING,
) -> Cleaned:
    """Cleans one object. `folder` must be empty; the accepted rows' files stay in it.

    The rows in `unfit` are rejected beforehand, so that the engine never meets them. Raises an
    `engine.POISON` error if DuckDB cannot live with the object's data.
    """
    found = sort(body, folder, unfit)
    judged = judge(connection, found.staged, folder)
    for each in found.staged:
        each.path.unlink()
    rejected = found.rejected | judged.rejected
    counts = RecordCounts(
        found.records,
        accepted=judged.records - len(judged.rejected) - judged.duplicate,
        quarantined=len(rejected),
        duplicate=judged.duplicate,
        ignored=found.ignored,
    )
    return Cleaned(counts, judged.accepted, rejected)


def rejected_whole(rejection: Rejection) -> Cleaned:
    """An object that yields nothing counts as one record."""
    return Cleaned(RecordCounts(1, quarantined=1), rejected={WHOLE_OBJECT: rejection})


def originals(body: bytes, rejected: Mapping[int, Rejection]) -> Iterator[tuple[int, bytes]]:
    """The bytes of an object's rejected records, by row."""
    if WHOLE_OBJECT in rejected:
        yield WHOLE_OBJECT, body
        return
    for line in read_lines(body):
        if line.row in rejected:
            yield line.row, line.data


def sort(body: bytes, folder: Path, unfit: Mapping[int, Rejection] = NOTHING) -> Sorted:
    """Writes the object's records into `folder`, a file for each entity, and rejects the rest."""
    found = Sorted()
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {}
        for line in read_lines(body):
            found.records += 1
            try:
                record = _record(line, unfit.get(line.row))
            except RejectedError as error:
                found.rejected[line.row] = error.rejection
                continue
            if record is None:
                found.ignored += 1
                continue
            if record.entity not in files:
                found.files[record.entity] = folder / f"{record.entity}.ndjson"
                files[record.entity] = stack.enter_context(found.files[record.entity].open("wb"))
            files[record.entity].write(_source_line(line.row, record))
    return found


def _record(line: Line, fault: Rejection | None) -> Record | None:
    """None for what is ignored. Raises RejectedError."""
    if known := line.fault or fault:
        raise RejectedError(known)
    record = read_record(line.data)
    if record and record.entity not in CONTRACT_OF:
        raise RejectedError(Reason.UNKNOWN_ENTITY.of(repr(record.entity)))
    return record


def _source_line(row: int, record: Record) -> bytes:
    identity = json.dumps(record.identity).encode()
    return b'{"record":%d,"identity":%b,"image":%b}\n' % (row, identity, record.image)
