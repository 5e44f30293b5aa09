"""Conforming a run: cleaned rows -> per table one row a key, split by partition and bucket.

Pure but for Parquet files in folders of the caller's: no AWS, no clock. It reads no dimension:
the members that rows refer to are inferred from the rows themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

from lambdas.conform.fragments import bucket, nothing, partition
from lambdas.contracts import BY_ENTITY, CONTRACTS, LOWEST_VERSION
from lambdas.engine import identifiers, literal, statement
from lambdas.lake.documents import TableCounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from lambdas.contracts import Contract

INFERENCES = {BY_ENTITY["date"].table: "conform/inferred_date"}
"""Of a date, its key tells all the rest; of other members, nothing but the key is known."""


@dataclass(frozen=True)
class Delta:
    """The rows that a run has for one partition and bucket of a table, as Parquet."""

    table: str
    partition: str
    bucket: int
    path: Path
    rows: int


@dataclass(frozen=True)
class Conformed:
    """All deltas, in the contracts' order, and what was set aside on the way to them by table.

    `arrived` has the cleaned rows by entity, which `counts` covers together with the inferred;
    `newest` when the newest fact of a table happened, as ISO 8601 in UTC.
    """

    deltas: list[Delta]
    counts: dict[str, TableCounts]
    arrived: dict[str, int]
    newest: dict[str, str] = field(default_factory=dict)


def conform(
    connection: DuckDBPyConnection,
    cleaned: Mapping[str, Sequence[Path]],
    folder: Path,
    contracts: Sequence[Contract] = CONTRACTS,
) -> Conformed:
    """`cleaned` has the Parquet files of each entity; the deltas' files come to lie in `folder`."""
    arrived = [contract for contract in contracts if cleaned.get(contract.entity)]
    rows = {
        contract.entity: _open(connection, contract, cleaned[contract.entity])
        for contract in arrived
    }
    conformed = Conformed([], {}, rows)
    for contract in contracts:
        sources = [f"incoming_{contract.table}"] if contract in arrived else []
        if _infer(connection, contract, arrived):
            sources.append(f"inferred_{contract.table}")
        if sources:
            _merge(connection, contract, sources)
            _write(connection, contract, folder, conformed)
            conformed.newest.update(_newest(connection, contract))
    return conformed


def _open(connection: DuckDBPyConnection, contract: Contract, paths: Sequence[Path]) -> int:
    """Leaves the view `incoming_<table>`; returns its rows."""
    connection.execute(
        statement(
            "conform/incoming",
            table=contract.table,
            columns=_stored(contract),
            paths=f"[{identifiers(literal(path) for path in paths)}]",
        )
    )
    return _number(connection, statement("conform/arrived", table=contract.table))


def _infer(connection: DuckDBPyConnection, contract: Contract, arrived: list[Contract]) -> bool:
    """Leaves the table `inferred_<table>` if anything that arrived can refer to the contract."""
    references = [
        statement("conform/reference", column=column.name, table=other.table)
        for other in arrived
        for column in other.columns
        if column.references == contract.entity
    ]
    if not references:
        return False
    connection.execute(
        statement(
            INFERENCES.get(contract.table, "conform/inferred"),
            table=contract.table,
            key=identifiers(contract.key),
            nothing=nothing(contract),
            references=" union all ".join(references),
            lowest_version=LOWEST_VERSION,
        )
    )
    return True


def _merge(connection: DuckDBPyConnection, contract: Contract, sources: list[str]) -> None:
    """Leaves the table `winner`: the highest version of each key."""
    stored = _stored(contract)
    connection.execute(
        statement(
            "conform/winner",
            incoming=" union all ".join(
                statement("conform/rows", stored_columns=stored, source=source)
                for source in sources
            ),
            key=identifiers(contract.key),
            stored_columns=stored,
            all_columns=stored,
            partition=partition(contract),
            bucket=bucket(contract),
        )
    )


def _write(
    connection: DuckDBPyConnection, contract: Contract, folder: Path, conformed: Conformed
) -> None:
    """Adds the winners, part by part, and what did not win."""
    counts = TableCounts()
    parts = connection.execute(statement("conform/parts")).fetchall()
    for number, (part, bucket_number, rows, superseded, unchanged) in enumerate(parts):
        path = folder / f"{contract.table}-{number}.parquet"
        connection.execute(
            statement(
                "conform/delta",
                stored_columns=_stored(contract),
                part=literal(part),
                bucket=str(bucket_number),
                key=identifiers(contract.key),
                path=literal(path),
            )
        )
        conformed.deltas.append(Delta(contract.table, part, bucket_number, path, rows))
        counts += TableCounts(rows + superseded + unchanged, 0, 0, superseded, unchanged)
    if parts:
        conformed.counts[contract.table] = counts


def _newest(connection: DuckDBPyConnection, contract: Contract) -> dict[str, str]:
    """By table; nothing if its facts do not say when they happened, or none came."""
    if contract.happened is None:
        return {}
    [(newest,)] = connection.execute(
        statement("conform/newest", happened=identifiers([contract.happened]))
    ).fetchall()
    return {contract.table: newest.replace(tzinfo=UTC).isoformat()} if newest else {}


def _number(connection: DuckDBPyConnection, query: str) -> int:
    return sum(number for (number,) in connection.execute(query).fetchall())


def _stored(contract: Contract) -> str:
    return identifiers(column.name for column in contract.stored_columns)
