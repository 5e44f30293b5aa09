"""Parquet, which is read by the engine: a file whose rows become the view `source`.

It has its index at its end, so it cannot be streamed: it is spooled, checked as a whole, and read.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
from duckdb.sqltypes import DuckDBPyType

from lambdas.clean.formats.model import EACH
from lambdas.clean.formats.packed import DamagedError, of_whole
from lambdas.clean.reasons import Reason, RejectedError
from lambdas.engine import EXHAUSTED, connect, literal, quoted, statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.clean.formats.table import Table

TEXT = "varchar"

MAX_LEVELS = 20
"""Of a column, as the file counts them: a list has two more than its members.

The engine's work on lists doubles with each that is within another.
"""


def spool(table: Table, path: Path) -> int:
    """Writes the unpacked Parquet of `table` to `path` and checks it; its number of rows.

    Raises RejectedError if it is damaged, or names a column more than once. Room on the disk is
    for the bounds that the table was opened with.
    """
    return spool_pieces(table.unpacked(), path)


def spool_pieces(pieces: Iterable[bytes], path: Path) -> int:
    """The same for Parquet's unpacked bytes."""
    try:
        with path.open("wb") as file:
            file.writelines(pieces)
    except DamagedError as damage:
        raise RejectedError(of_whole(damage.rejection)) from damage
    with TemporaryDirectory(dir=path.parent) as scratch, connect(Path(scratch)) as connection:
        return _checked(connection, path)


def leave_source(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[tuple[str, ...], ...]:
    """Leaves the view `source(record, fields JSON)` of a file that `spool` wrote.

    What it returns are the ways to its fields, whether or not any row has them: keys, and EACH for
    the members of a list. A map is a list of objects that have a `key` and a `value` each.
    Records count from 1 in the order of the file. Leaves are texts, as the contract's rules want
    them: decimals and 64 bits are exact, times with a zone are in UTC. A text that was written as
    bytes is a text, if it is UTF-8.
    """
    relation = connection.from_parquet(str(path))
    columns = dict(zip(relation.columns, relation.types, strict=True))
    fields = ", ".join(
        f"{quoted(name)} := {_text(quoted(name), columns[name])}" for name in sorted(columns)
    )
    connection.execute(statement("clean/parquet", fields=fields, path=literal(path)))
    return tuple(way for name, each in columns.items() for way in _ways(each, (name,)))


def records(path: Path, after: int, at_once: int) -> Iterator[tuple[int, str]]:
    """The records of a file that `spool` wrote, from behind a number on: each with its JSON."""
    with TemporaryDirectory(dir=path.parent) as scratch, connect(Path(scratch)) as connection:
        leave_source(connection, path)
        found = connection.execute(statement("clean/parquet_records", after=str(after)))
        while some := found.fetchmany(at_once):
            yield from some


def _checked(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    try:
        described = connection.execute(statement("clean/parquet_columns", path=literal(path)))
        _hold_to_bounds(described.fetchall())
        seen = connection.execute(statement("clean/parquet_check", path=literal(path))).fetchone()
    except EXHAUSTED:
        raise
    except duckdb.Error as error:
        detail = str(error).partition("\n")[0].replace(str(path), "the file")
        raise RejectedError(Reason.UNREADABLE_OBJECT.of().because(detail)) from error
    return int(seen[0]) if seen else 0


def _hold_to_bounds(described: list[tuple[str, int]]) -> None:
    """The engine knows no case in names, so neither may two columns differ by it."""
    if _levels(described) > MAX_LEVELS:
        detail = f"a column has more than {MAX_LEVELS} levels"
        raise RejectedError(Reason.UNREADABLE_OBJECT.of().because(detail))
    known: set[str] = set()
    for name in _outermost(described):
        if name.casefold() in known:
            raise RejectedError(Reason.REPEATED_COLUMN.of(repr(name)))
        known.add(name.casefold())


def _levels(described: list[tuple[str, int]]) -> int:
    """Of the deepest column."""
    awaited: list[int] = []  # children that each level still has to come
    deepest = 0
    for _, children in described:
        while awaited and not awaited[-1]:
            awaited.pop()
        if awaited:
            awaited[-1] -= 1
        awaited.append(children)
        deepest = max(deepest, len(awaited))
    return deepest - 1


def _outermost(described: list[tuple[str, int]]) -> list[str]:
    """The first one is the table itself; each is followed by what lies within it."""
    names, within = [], 0
    for name, children in described[1:]:
        if not within:
            names.append(name)
            within += 1
        within += children - 1
    return names


def _text(expression: str, column: DuckDBPyType, depth: int = 0) -> str:
    """SQL of the value with texts for its leaves."""
    match column.id:
        case "blob":
            return f"coalesce(try(decode({expression})), cast({expression} as {TEXT}))"
        case "timestamp with time zone":
            return f"cast(timezone('UTC', {expression}) as {TEXT}) || '+00'"
        case "struct":
            fields = ", ".join(
                f"{quoted(name)} := "
                + _text(f"struct_extract({expression}, {literal(name)})", each, depth)
                for name, each in _within(column).items()
            )
            return f"case when {expression} is not null then struct_pack({fields}) end"
        case "list" | "array":
            return _texts(expression, _within(column)["child"], depth)
        case "map":  # the engine makes no object of one that has a key twice
            return _texts(f"map_entries({expression})", _entry(column), depth)
    return f"cast({expression} as {TEXT})"


def _texts(members: str, member: DuckDBPyType, depth: int) -> str:
    name = f"member_{depth}"
    return f"list_transform({members}, lambda {name}: {_text(name, member, depth + 1)})"


def _ways(column: DuckDBPyType, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The ways to what lies within; a list of what has no names goes no further."""
    match column.id:
        case "struct":
            for name, each in _within(column).items():
                yield from _ways(each, (*above, name))
        case "list" | "array" if (member := _within(column)["child"]).id == "struct":
            yield from _ways(member, (*above, EACH))
        case "map":
            yield from _ways(_entry(column), (*above, EACH))
        case _:
            yield above


def _entry(column: DuckDBPyType) -> DuckDBPyType:
    return duckdb.struct_type(_within(column))


def _within(column: DuckDBPyType) -> dict[str, DuckDBPyType]:
    return {name: each for name, each in column.children if isinstance(each, DuckDBPyType)}
