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

from lambdas.clean.decode import read_lines
from lambdas.clean.entities import CONTRACT_OF, mapping
from lambdas.clean.reasons import WHOLE_OBJECT, Reason, RejectedError, Rejection
from lambdas.clean.records import Record, read_record
from lambdas.clean.rules import VERSION_WIDTH, casts, rules, texts
from lambdas.engine import identifiers, literal, statement
from lambdas.lake.documents import RecordCounts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from lambdas.clean.decode import Line
    from lambdas.contracts import Contract

NOTHING: Mapping[int, Rejection] = MappingProxyType({})


@dataclass(frozen=True)
class Accepted:
    """The accepted rows of one entity of the contracts, in the contract's shape, as Parquet."""

    entity: str
    path: Path
    rows: int


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
    cleaned = Cleaned(
        RecordCounts(found.records, quarantined=len(found.rejected), ignored=found.ignored),
        rejected=found.rejected,
    )
    for entity, path in sorted(found.files.items()):
        clean_entity(connection, entity, path, cleaned)
        path.unlink()
    return cleaned


def rejected_whole(rejection: Rejection) -> Cleaned:
    """An object that yields nothing counts as one record."""
    return Cleaned(RecordCounts(1, quarantined=1), rejected={WHOLE_OBJECT: rejection})


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


def clean_entity(connection: DuckDBPyConnection, entity: str, path: Path, cleaned: Cleaned) -> None:
    """Adds to `cleaned` what became of the records in `path`, a file as `sort` leaves it."""
    contract = CONTRACT_OF[entity]
    _check(connection, entity, path)
    tallied = connection.execute(statement("clean/counts")).fetchone()
    accepted, quarantined, duplicate, rows = tallied or (0, 0, 0, 0)
    cleaned.counts += RecordCounts(
        0, accepted=accepted, quarantined=quarantined, duplicate=duplicate
    )
    if quarantined:
        cleaned.rejected |= _rejections(connection, contract)
    if rows:
        target = path.with_name(f"{contract.entity}.parquet")
        columns = identifiers(column.name for column in contract.stored_columns)
        connection.execute(statement("clean/accepted", columns=columns, path=literal(target)))
        cleaned.accepted.append(Accepted(contract.entity, target, rows))


def _check(connection: DuckDBPyConnection, entity: str, path: Path) -> None:
    """Leaves the tables `checked`, of rows, and `verdict`, of records."""
    contract = CONTRACT_OF[entity]
    numbered = list(enumerate(rules(contract)))
    connection.execute(statement("clean/source", path=literal(path)))
    connection.execute(mapping(entity))
    connection.execute(
        statement(
            "clean/check",
            version_width=str(VERSION_WIDTH),
            texts=texts(contract),
            casts=casts(contract),
            columns=identifiers(contract.column_names),
            rules=" ".join(f"when {rule.broken} then {number}" for number, rule in numbered),
        )
    )
    connection.execute(
        statement(
            "clean/verdict",
            row_key=f"concat_ws('|', {identifiers(contract.key)})",
            repeated_line=str(numbered[-1][0]),
        )
    )


def _rejections(connection: DuckDBPyConnection, contract: Contract) -> dict[int, Rejection]:
    broken = [rule.rejection for rule in rules(contract)]
    by_line = len(contract.key) > 1
    found = connection.execute(statement("clean/rejected")).fetchall()
    return {
        record: broken[problem].at(f"line {position}") if by_line and position else broken[problem]
        for record, problem, position in found
    }
