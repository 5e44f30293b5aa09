"""SQL is read from the files under `sql/`; `@name` in a file is substituted."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SQL = Path(__file__).resolve().parents[2] / "sql"


class SqlTemplate(Template):
    """`$` starts a JSON path in SQL, so another sign marks what is substituted."""

    delimiter = "@"


def statement(name: str, **substitutions: str) -> str:
    """The text of `sql/<name>.sql`. Raises KeyError for an `@name` without a substitution."""
    return _template(name).substitute(substitutions)


def literal(text: object) -> str:
    """A SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A SQL identifier, whatever the name."""
    return '"' + name.replace('"', '""') + '"'


def identifiers(names: Iterable[str]) -> str:
    """A list of columns."""
    return ", ".join(names)


@cache
def _template(name: str) -> SqlTemplate:
    return SqlTemplate((SQL / f"{name}.sql").read_text(encoding="utf-8"))
