"""Fischmarkt's database: its tables on a day as SQL that any client of PostgreSQL runs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from lambdas.sql import literal, statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.generate.world import World

FILE = "fischmarkt.sql"
TABLES = {"articles": "articles", "receipt_lines": "receipt_lines", "customers": "shoppers"}
"""Each with the query under sql/generate/ that says what is in it."""
ROWS_A_STATEMENT = 1000


def write_database(world: World, day: int, path: Path) -> None:
    """One transaction: whoever reads meanwhile sees the tables as they were, or as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(statement("generate/fischmarkt_begin"))
        for table, query in TABLES.items():
            file.writelines(_inserts(table, world.rows(query, day=day)))
        file.write(statement("generate/fischmarkt_end", cut=literal(f"{world.wish.cut}Z")))


def _inserts(table: str, rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    while some := list(islice(rows, ROWS_A_STATEMENT)):
        values = ",\n".join(f"({', '.join(map(_value, row.values()))})" for row in some)
        yield f"INSERT INTO {table} ({', '.join(some[0])}) VALUES\n{values};\n"


def _value(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case int() | Decimal():
            return str(value).lower()
        case datetime():
            return literal(f"{value}Z")
    return literal(value)
