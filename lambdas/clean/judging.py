"""Holding records to the contracts: mapped rows -> a verdict a record, and the accepted rows.

A record may yield rows of several entities. It is accepted or quarantined whole, for the first rule
that any of its rows breaks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdas.clean.reasons import Reason
from lambdas.clean.rules import casts, rules, texts
from lambdas.contracts import Kind
from lambdas.engine import identifiers, literal, statement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from lambdas.clean.reasons import Rejection
    from lambdas.clean.rules import Rule, Versioning
    from lambdas.contracts import Contract


REPEATED = -1
"""In place of a rule's number: two rows of a record have one key."""


@dataclass(frozen=True)
class Mapped:
    """One entity that records yield. `sql` leaves the view `mapped`, from the view `source`.

    Its columns: record, identity, position, bad_lines, what `versioning` reads, deleted, and the
    contract's as text. Where there are `readings`, rules on what could be read, also `unreadable`.
    """

    contract: Contract
    sql: str
    versioning: Versioning
    readings: tuple[Rule, ...] = ()

    @property
    def rules(self) -> list[Rule]:
        """In the order in which they are tried."""
        return [*self.readings, *rules(self.contract, self.versioning)]


@dataclass(frozen=True)
class Staged:
    """Records in a file, a line of NDJSON each; `sql` is the statement that makes it the source.

    `macros` are SQL, of what the entities' statements call.
    """

    path: Path
    sql: str
    entities: tuple[Mapped, ...]
    macros: str = ""


@dataclass(frozen=True)
class Accepted:
    """The accepted rows of one entity of the contracts, in the contract's shape, as Parquet."""

    entity: str
    path: Path
    rows: int


@dataclass
class Judged:
    """What became of the records that yield any row: `rejected` is by the record's number."""

    records: int = 0
    duplicate: int = 0
    accepted: list[Accepted] = field(default_factory=list)
    rejected: dict[int, Rejection] = field(default_factory=dict)


def judge(connection: DuckDBPyConnection, staged: Sequence[Staged], folder: Path) -> Judged:
    """The accepted rows' files come to lie in `folder`. Raises an `engine.POISON` error."""
    entities = [entity for each in staged for entity in each.entities]
    if not entities:
        return Judged()
    _check(connection, staged)
    connection.execute(
        statement(
            "clean/verdict",
            rows=" union all ".join(
                statement("clean/judged", number=str(number), row_key=row_key)
                for number, row_key in enumerate(map(_row_key, entities))
            ),
            repeated=str(REPEATED),
        )
    )
    [(records, duplicate)] = connection.execute(statement("clean/counts")).fetchall()
    judged = Judged(records, duplicate, rejected=_rejections(connection, entities))
    if records > duplicate + len(judged.rejected):
        judged.accepted += _accepted(connection, entities, folder)
    return judged


def _check(connection: DuckDBPyConnection, staged: Sequence[Staged]) -> None:
    """Leaves a table `checked_<number>` for each entity."""
    number = 0
    for each in staged:
        connection.execute(each.macros)
        connection.execute(statement(each.sql, path=literal(each.path)))
        for entity in each.entities:
            connection.execute(entity.sql)
            connection.execute(_checking(entity, number))
            number += 1


def _checking(entity: Mapped, number: int) -> str:
    contract = entity.contract
    return statement(
        "clean/check",
        number=str(number),
        given=entity.versioning.given,
        version=entity.versioning.version,
        texts=texts(contract),
        casts=casts(contract),
        columns=identifiers(contract.column_names),
        rules=" ".join(
            f"when {rule.broken} then {place}" for place, rule in enumerate(entity.rules)
        ),
        unreadable="unreadable" if entity.readings else "null",
    )


def _row_key(entity: Mapped) -> str:
    """What no two rows of a record may share; a member may be named twice, as it is the same."""
    contract = entity.contract
    return (
        "null"
        if contract.kind is Kind.DIMENSION
        else f"concat_ws('|', {identifiers(contract.key)})"
    )


def _accepted(
    connection: DuckDBPyConnection, entities: Sequence[Mapped], folder: Path
) -> list[Accepted]:
    found = []
    for number, contract in enumerate(each.contract for each in entities):
        path = folder / f"{contract.entity}.parquet"
        columns = identifiers(column.name for column in contract.stored_columns)
        [(rows,)] = connection.execute(
            statement("clean/accepted", number=str(number), columns=columns, path=literal(path))
        ).fetchall()
        if rows:
            found.append(Accepted(contract.entity, path, rows))
        else:
            path.unlink()
    return found


def _rejections(connection: DuckDBPyConnection, entities: Sequence[Mapped]) -> dict[int, Rejection]:
    """By record."""
    broken = [each.rules for each in entities]
    found = connection.execute(statement("clean/rejected")).fetchall()
    return {
        record: _rejection(entities[number].contract, broken[number], problem, position)
        for record, number, problem, position in found
    }


def _rejection(
    contract: Contract, broken: Sequence[Rule], problem: int, position: int | None
) -> Rejection:
    if problem == REPEATED:
        return Reason.REPEATED_LINE.of(" and ".join(contract.key))
    rejection = broken[problem].rejection
    return rejection.at(f"line {position}") if len(contract.key) > 1 and position else rejection
