"""The contract as SQL fragments: strict casts from text, and the rules that a row must keep.

A cast alone is not strict enough: it takes 1.6 for 2 and 12.345 for 12.35. So a text must match
its type's pattern first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.clean.reasons import REASONS, Reason
from lambdas.contracts import BY_ENTITY, DELETED, LOWEST_VERSION, ColumnType
from lambdas.engine import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.reasons import Rejection
    from lambdas.contracts import Column, Contract

BITS = 8
VERSION_WIDTH = len(LOWEST_VERSION)
REV = r"^[1-9][0-9]{0,17}$"


@dataclass(frozen=True)
class Spelling:
    """How a type is written as text: `name` for people, `pattern`, and the cast of a match."""

    name: str
    pattern: str
    cast: str


SPELLINGS = {
    ColumnType.BIGINT: Spelling(
        "a whole number", r"^-?[0-9]+(\.0+)?$", "try_cast(split_part({}, '.', 1) as bigint)"
    ),
    ColumnType.INTEGER: Spelling(
        "a whole number", r"^-?[0-9]+(\.0+)?$", "try_cast(split_part({}, '.', 1) as integer)"
    ),
    ColumnType.MONEY: Spelling(
        "an amount with at most 2 decimal places",
        r"^-?[0-9]+(\.[0-9]{1,2}0*)?$",
        "try_cast({} as decimal(18, 2))",
    ),
    ColumnType.TIMESTAMP: Spelling(
        "a time as ISO 8601 with an offset, to the microsecond",
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
        r"(Z|[+-](0[0-9]|1[0-5]):[0-5][0-9])$",
        "try_cast({} as timestamptz) at time zone 'UTC'",
    ),
    ColumnType.BOOLEAN: Spelling("true or false", r"^(true|false)$", "try_cast({} as boolean)"),
    ColumnType.TEXT: Spelling("text", "", "{}"),
}

LIMITS = {
    ColumnType.BIGINT: "the whole numbers of 64 bits",
    ColumnType.INTEGER: "the whole numbers of 32 bits",
    ColumnType.MONEY: "16 digits before the point",
    ColumnType.TIMESTAMP: "the calendar, in the years 1 to 9999",
}
YEARS = "timestamp '0001-01-01 00:00:00' and timestamp '9999-12-31 23:59:59.999999'"


@dataclass(frozen=True)
class Rule:
    """`broken` is SQL over texts (`text_<column>`) and casts (`<column>`), true on a violation."""

    broken: str
    rejection: Rejection


@dataclass(frozen=True)
class Versioning:
    """How a mapping tells a row's version: SQL over its column `given`.

    `version` is what is stored, `broken` true where there is none; `rejection` says so.
    """

    given: str
    version: str
    broken: str
    rejection: Rejection


BY_REV = Versioning(
    "rev",
    f"lpad(given, {VERSION_WIDTH}, '0')",
    f"not coalesce(regexp_matches(given, {literal(REV)}), false)",
    Reason.BAD_VERSION.of(),
)
"""The API's states: their number in the table."""


def casts(contract: Contract) -> str:
    return ", ".join(
        f"{SPELLINGS[column.type].cast.format('mapped.' + column.name)} as {column.name}"
        for column in contract.columns
    )


def texts(contract: Contract) -> str:
    return ", ".join(f"mapped.{name} as text_{name}" for name in contract.column_names)


def rules(contract: Contract, versioning: Versioning) -> list[Rule]:
    """In the order in which they are tried."""
    return [
        Rule(versioning.broken, versioning.rejection),
        Rule("bad_lines", Reason.BAD_LINES.of()),
        Rule(f"text_{DELETED.name} is null", Reason.MISSING_FIELD.of(DELETED.name)),
        *_type_rules(DELETED),
        *(
            rule
            for column in sorted(contract.columns, key=_derived_last)
            for rule in _column_rules(contract, column)
        ),
        *(
            # a tombstone has nothing but its key, so nothing to add up
            Rule(f"not coalesce({predicate}, deleted)", REASONS[code].of(predicate))
            for code, predicate in contract.check.items()
        ),
    ]


def _derived_last(column: Column) -> bool:
    """Times first: where others follow from a time, it is the time that has to be mended."""
    return column.type is not ColumnType.TIMESTAMP


def _column_rules(contract: Contract, column: Column) -> Iterator[Rule]:
    name, text = column.name, f"text_{column.name}"
    if name in contract.key or (contract.partition and name == contract.partition.source):
        yield Rule(f"coalesce({text}, '') = ''", Reason.MISSING_FIELD.of(name))
    elif column.required:
        yield Rule(f"{text} is null and not deleted", Reason.MISSING_FIELD.of(name))
    if column.type is ColumnType.TEXT:
        yield Rule(
            f"bit_length({text}) > {BITS * column.max_bytes}",
            Reason.TOO_LONG.of(name, column.max_bytes),
        )
        yield Rule(f"contains({text}, chr(0))", Reason.NUL_CHARACTER.of(name))
    else:
        yield from _type_rules(column)
    if column.allowed:
        texts = ", ".join(map(literal, column.allowed))
        limit = ", ".join(column.allowed)
        yield Rule(f"{text} not in ({texts})", Reason.NOT_ALLOWED.of(name, limit))
    yield from _bounds(column)
    if column.references == BY_ENTITY["date"].entity:
        broken = f"{name} is not null and try_strptime(cast({name} as varchar), '%Y%m%d') is null"
        yield Rule(broken, Reason.OUT_OF_RANGE.of(name, "the days of the calendar"))


def _bounds(column: Column) -> Iterator[Rule]:
    name, lowest, highest = column.name, column.minimum, column.maximum
    limits = [f"from {lowest}"] if lowest is not None else []
    limits += [f"up to {highest}"] if highest is not None else []
    rejection = Reason.OUT_OF_RANGE.of(name, f"the numbers {' '.join(limits)}")
    if lowest is not None:
        yield Rule(f"{name} < {lowest}", rejection)
    if highest is not None:
        yield Rule(f"{name} > {highest}", rejection)


def _type_rules(column: Column) -> Iterator[Rule]:
    name, text, spelling = column.name, f"text_{column.name}", SPELLINGS[column.type]
    yield Rule(
        f"not regexp_matches({text}, {literal(spelling.pattern)})",
        Reason.BAD_TYPE.of(name, spelling.name),
    )
    if column.type in LIMITS:
        broken = f"{text} is not null and {name} is null"
        if column.type is ColumnType.TIMESTAMP:
            broken = f"({broken} or {name} not between {YEARS})"
        yield Rule(broken, Reason.OUT_OF_RANGE.of(name, LIMITS[column.type]))
