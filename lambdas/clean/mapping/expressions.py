"""SQL expressions of a mapping: one scalar each, over a record's fields, of listed functions.

A mapping is trusted; what is kept out are mistakes: queries, aggregates, files, clocks, chance.
"""

from __future__ import annotations

import atexit
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb

from lambdas.clean.mapping.errors import MappingError
from lambdas.engine import literal, quoted, statement

if TYPE_CHECKING:
    from collections.abc import Iterator

PARSED = "parsed"
"""Whose members are the entity's columns in their types; other names are the record's fields."""

POSITION, POSITION_TYPE = "position", "bigint"
"""The member that says which row of its record this is."""

TAKEN = re.compile(
    r"record|fields|member|identity|position|parsed|(from|read|made)_.*[^_]", re.IGNORECASE
)
"""The names of columns in sql/clean/mapped.sql."""

NO_MEMBERS = "'nothing': null"
"""What a struct is made of that has no other members."""

NOT_ONE = "this is not one expression"

CLASSES = {
    "BETWEEN",
    "CASE",
    "CAST",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "FUNCTION",
    "OPERATOR",
    "TYPE",
}
OPERATORS = {"+", "-", "*", "/", "//", "%", "||", "~~", "!~~", "~~*", "!~~*"}
FUNCTIONS = {
    "abs",
    "ceil",
    "chr",
    "concat",
    "concat_ws",
    "contains",
    "date_diff",
    "date_part",
    "date_trunc",
    "ends_with",
    "floor",
    "greatest",
    "if",
    "least",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "md5",
    "mod",
    "nullif",
    "position",
    "prefix",
    "regexp_extract",
    "regexp_full_match",
    "regexp_matches",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "round",
    "rpad",
    "rtrim",
    "sha256",
    "sign",
    "split_part",
    "starts_with",
    "strftime",
    "strptime",
    "substr",
    "substring",
    "suffix",
    "timezone",
    "to_days",
    "to_hours",
    "to_minutes",
    "to_months",
    "to_seconds",
    "translate",
    "trim",
    "trunc",
    "try_strptime",
    "upper",
}


@cache
def names(sql: str) -> tuple[frozenset[str], frozenset[str]]:
    """The fields and the parsed columns that an expression reads. Raises MappingError."""
    fields, columns = set(), set()
    for node in _nodes(_tree(sql)):
        _allowed(node)
        if node["class"] == "COLUMN_REF":
            match node["column_names"]:
                case [field] if TAKEN.fullmatch(field):
                    raise MappingError(
                        f"the field {field} has a name of the statement's own; write it with "
                        f'another space, _ or -, as these do not count: `"{field}_"`'
                    )
                case [field]:
                    fields.add(field)
                case [owner, column] if owner.lower() == PARSED:
                    columns.add(column.lower())
                case path:
                    raise MappingError(
                        f'{".".join(path)} is neither a field (`"a.b"` in double quotes, if its '
                        f"name has a dot) nor `{PARSED}.<column>`"
                    )
    return frozenset(fields), frozenset(columns)


def bind(sql: str, types: dict[str, str], *, condition: bool) -> None:
    """Raises MappingError unless the engine takes the expression.

    `types` are those of the parsed columns; fields are texts. A condition has to be true or false.
    """
    fields, columns = names(sql)
    if unknown := sorted(columns - types.keys()):
        raise MappingError(
            f"{PARSED}.{unknown[0]} is not a column that is read here; there are "
            f"{', '.join(sorted(types)) or 'none'}"
        )
    members = ", ".join(
        f"{literal(name)}: cast(null as {kind})"
        for name, kind in (types or {POSITION: POSITION_TYPE}).items()
    )
    texts = "".join(f", cast(null as varchar) as {quoted(name)}" for name in sorted(fields))
    try:
        found = _engine().execute(
            statement("clean/expression", sql=sql, parsed=members, texts=texts)
        )
        kind = str(found.description[0][1])
    except duckdb.Error as error:
        raise MappingError(_said(str(error))) from error
    if condition and kind not in {"BOOLEAN", '"NULL"'}:
        raise MappingError(f"a condition is true or false; this is {kind}")


@cache
def timezones() -> frozenset[str]:
    """The names of zones that the engine knows."""
    return frozenset(
        name for (name,) in _engine().execute("select name from pg_timezone_names()").fetchall()
    )


def _tree(sql: str) -> Any:
    row = _engine().execute("select json_serialize_sql(?)", [f"select (\n{sql}\n)"]).fetchone()
    parsed = json.loads(row[0]) if row else {}
    if parsed["error"] and parsed["error_type"] == "parser":
        raise MappingError(_said(parsed["error_message"]))
    if parsed["error"] or len(parsed["statements"]) != 1:
        raise MappingError(NOT_ONE)
    node = parsed["statements"][0]["node"]
    selected = node.get("select_list", [])
    bare = {key: node.get(key) for key in ("where_clause", "having", "sample", "qualify")}
    if len(selected) != 1 or node["from_table"]["type"] != "EMPTY" or any(bare.values()):
        raise MappingError(NOT_ONE)
    return selected


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if "class" in tree:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for member in tree:
            yield from _nodes(member)


def _allowed(node: dict[str, Any]) -> None:
    kind, name = node["class"], node.get("function_name", "")
    if kind not in CLASSES or node["type"] == "GROUPING_FUNCTION":
        raise MappingError(f"{kind.lower()} cannot be used in a mapping")
    if kind == "FUNCTION" and name.lower() not in FUNCTIONS | OPERATORS:
        known = ", ".join(sorted(FUNCTIONS))
        raise MappingError(f"the function {name} cannot be used in a mapping; there are {known}")


def _said(message: str) -> str:
    """The engine's message in one line, without the picture of the place."""
    return " ".join(message.partition("\n\nLINE")[0].split())


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """For parsing alone: nothing is read by it."""
    atexit.register(_engine.cache_clear)  # at the exit itself it would be too late to close it
    return duckdb.connect(config={"enable_external_access": "false", "threads": "1"})
