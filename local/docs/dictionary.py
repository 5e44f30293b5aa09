"""The data dictionary and the star's picture, from the contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.contracts import BY_ENTITY, TECHNICAL, ColumnType
from local.docs.tables import code, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lambdas.contracts import Column, Contract

COLUMNS = ("column", "type", "meaning", "bounds", "refers to")


def dictionary(contracts: Sequence[Contract]) -> str:
    """One section a table: what a row is, what identifies it, and its columns."""
    return "\n\n".join(_section(contract) for contract in contracts)


def technical() -> str:
    """The columns that state, deltas and the warehouse's store have besides."""
    return table(COLUMNS[:3], ((code(c.name), c.type.value.glue, c.description) for c in TECHNICAL))


def types() -> str:
    """Each type of the contracts as every engine writes it."""
    spellings = ((each.name.lower(), each.value) for each in ColumnType)
    return table(
        ("contract", "DuckDB", "Athena (Glue)", "Redshift", "Parquet (Arrow)"),
        ((name, s.duckdb, s.glue, s.redshift, s.arrow) for name, s in spellings),
    )


def star(contracts: Sequence[Contract]) -> str:
    """The tables and which column of one holds the key of another, as an ER diagram."""
    lines = ["```mermaid", "erDiagram"]
    for contract in contracts:
        lines += [f"  {contract.table} {{", *_attributes(contract), "  }"]
    for contract in contracts:
        lines += [
            f"  {BY_ENTITY[column.references].table} ||--o{{ {contract.table} : {column.name}"
            for column in contract.columns
            if column.references
        ]
    return "\n".join([*lines, "```"])


def _attributes(contract: Contract) -> Iterator[str]:
    for column in contract.columns:
        marks = ["PK"] if column.name in contract.key else []
        marks += ["FK"] if column.references else []
        yield f"    {column.type.name.lower()} {column.name} {', '.join(marks)}".rstrip()


def _section(contract: Contract) -> str:
    key = ", ".join(code(name) for name in contract.key)
    facts = [
        f"{contract.description}.",
        f"A {contract.kind.value}; identified by {key}; the entity {code(contract.entity)}.",
    ]
    if contract.partition:
        facts.append(
            f"Split by {code(contract.partition.column)} (yyyy-mm), which follows from "
            f"{code(contract.partition.source)}."
        )
    if contract.buckets > 1:
        facts.append(f"Each part has {contract.buckets} buckets, by the key.")
    for reason, predicate in contract.check.items():
        facts.append(f"Every row: {code(predicate)}, else it is quarantined as {code(reason)}.")
    columns = table(COLUMNS, (_row(column) for column in contract.columns))
    return f"### {contract.table}\n\n{' '.join(facts)}\n\n{columns}"


def _row(column: Column) -> tuple[str, ...]:
    bounds = [f"at least {column.minimum}"] if column.minimum is not None else []
    bounds += [f"at most {column.maximum}"] if column.maximum is not None else []
    if column.allowed:
        bounds.append(f"one of {', '.join(map(code, column.allowed))}")
    elif column.type is ColumnType.TEXT:
        bounds.append(f"up to {column.max_bytes} bytes of UTF-8")
    if not column.required:
        bounds.append("may be null")
    refers = code(BY_ENTITY[column.references].table) if column.references else ""
    glue = column.type.value.glue
    return code(column.name), glue, column.description, ", ".join(bounds), refers
