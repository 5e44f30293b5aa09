"""Columns that several contracts have, each said once."""

from __future__ import annotations

from lambdas.contracts.model import Column, ColumnType, MonthPartition

BIGINT, INTEGER = ColumnType.BIGINT, ColumnType.INTEGER
TEXT, MONEY, TIMESTAMP = ColumnType.TEXT, ColumnType.MONEY, ColumnType.TIMESTAMP

FIRST_DAY = 20100101
"""As yyyymmdd. Athena looks for facts from this month on, so an earlier one would not be found."""

BY_MONTH = MonthPartition(source="date_id")

UUID_BYTES = 36
WORD_BYTES = 32
"""What the longest of a few allowed words has room in."""


def identifier(name: str, what: str) -> Column:
    """A surrogate key."""
    return Column(name, BIGINT, f"Identifies the {what}", minimum=1)


def member(name: str, entity: str, description: str, *, required: bool = True) -> Column:
    """The key of a dimension's member, which is inferred if it has not arrived yet."""
    return Column(name, BIGINT, description, required=required, minimum=1, references=entity)


def day(what: str) -> Column:
    """`date_id`, by which facts are split into months. It never changes: a row keeps its month."""
    description = f"Day of the {what} as yyyymmdd"
    return Column("date_id", INTEGER, description, minimum=FIRST_DAY, references="date")


def uuid(name: str, description: str, *, required: bool = True) -> Column:
    """Names what is no dimension, so there is nothing to infer: a transaction, a visit."""
    return Column(name, TEXT, f"{description}: a UUID", required=required, max_bytes=UUID_BYTES)


def transaction(description: str, *, required: bool = False) -> Column:
    return uuid("transaction_id", description, required=required)


def one_of(name: str, description: str, *allowed: str, required: bool = True) -> Column:
    """One of a few words, of at most WORD_BYTES."""
    return Column(name, TEXT, description, required=required, max_bytes=WORD_BYTES, allowed=allowed)
