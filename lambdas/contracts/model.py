"""What a contract is made of. Standard library only: every bundle and every stack reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True)
class Spelling:
    """One column type as each engine writes it."""

    duckdb: str
    glue: str
    redshift: str
    arrow: str


class ColumnType(Enum):
    """The types that a contract may use. Money is exact, timestamps are UTC without an offset."""

    BIGINT = Spelling("BIGINT", "bigint", "BIGINT", "int64")
    INTEGER = Spelling("INTEGER", "int", "INTEGER", "int32")
    TEXT = Spelling("VARCHAR", "string", "VARCHAR", "string")
    MONEY = Spelling("DECIMAL(18,2)", "decimal(18,2)", "DECIMAL(18,2)", "decimal128(18, 2)")
    TIMESTAMP = Spelling("TIMESTAMP", "timestamp", "TIMESTAMP", "timestamp[us]")
    BOOLEAN = Spelling("BOOLEAN", "boolean", "BOOLEAN", "bool")


@dataclass(frozen=True)
class Column:
    """One field of an entity.

    `max_bytes` bounds TEXT in UTF-8 bytes, as Redshift's VARCHAR counts. `minimum` and `maximum`
    are inclusive. `allowed` are the only texts that TEXT may be, exactly so; none: any text.
    `references` names the entity whose key this column holds: a key that has not arrived yet is
    inferred, so that the fact joins. `personal` columns say who somebody is: an erasure empties
    them.
    """

    name: str
    type: ColumnType
    description: str
    required: bool = True
    max_bytes: int = 256
    minimum: int | None = None
    maximum: int | None = None
    allowed: tuple[str, ...] = ()
    references: str | None = None
    personal: bool = False

    @property
    def redshift(self) -> str:
        spelling = self.type.value.redshift
        return f"{spelling}({self.max_bytes})" if self.type is ColumnType.TEXT else spelling


class Kind(Enum):
    """Dimensions keep their deleted members, so that old facts still join; facts leave gold."""

    DIMENSION = "dimension"
    FACT = "fact"


@dataclass(frozen=True)
class MonthPartition:
    """Gold is split by calendar month; `source` is the yyyymmdd integer column that tells it."""

    source: str
    column: str = "month"


@dataclass(frozen=True)
class Contract:
    """The schema of one entity and the shape of its gold table.

    `key` identifies a row; of two rows with one key the higher `version` wins. `check` holds
    SQL predicates across columns, by reason code; a row for which one is not true is quarantined.
    `happened` names the column that says when a fact happened: freshness is told by it.
    `buckets` splits a partition further, by key: each is one object, rewritten by itself.
    """

    entity: str
    table: str
    kind: Kind
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str
    partition: MonthPartition | None = None
    buckets: int = 1
    happened: str | None = None
    check: dict[str, str] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """The columns of deltas, state and the warehouse's store: the star's and the technical."""
        return (*self.columns, *TECHNICAL)


VERSION = Column(
    "version",
    ColumnType.TEXT,
    "Orders two states of one key: compared as bytes, the highest wins",
    max_bytes=64,
)
DELETED = Column("deleted", ColumnType.BOOLEAN, "True once the entity is marked deleted")
TECHNICAL = (VERSION, DELETED)

LOWEST_VERSION = "0" * 20
"""The version of an inferred dimension row: below every version that a source can give."""


def api_version(rev: int) -> str:
    """The version of an API entity's state: its `rev`, as fixed-width decimal digits."""
    return f"{rev:020d}"
