"""Looks for a person in the warehouse: in every text column of every table of every schema.

No query names a value of the person, since engines keep queries in their logs: rows are asked for
by the customer's key, or, where a table has none, by the @ of an address, and compared here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from lambdas.erase.person import CUSTOMER_KEY, PERSONAL
from local.queries import ask_warehouse, named_query

if TYPE_CHECKING:
    from lambdas.erase.person import Person
    from local.deployment import Deployment
    from local.queries import Rows

PLACEHOLDER = re.compile(r"{{ (\w+) }}")
TEXT_TYPES = ("character", "text", "name")
Table = tuple[str, str]
"""Schema and name."""


def person_in_warehouse(
    deployment: Deployment, person: Person, schema: str | None = None
) -> dict[str, Any]:
    """-> `{"tables", "rows", "hits", "places"}`; all 0 for a deployment without a warehouse."""
    found: dict[str, Any] = {"tables": 0, "rows": 0, "hits": 0, "places": []}
    if "WorkgroupName" not in deployment.outputs:
        return found
    for table, columns in _columns(deployment).items():
        texts = [name for name, kind in columns.items() if kind.startswith(TEXT_TYPES)]
        if not texts or (schema and table[0] != schema):
            continue
        keyed = CUSTOMER_KEY in columns
        rows = ask_warehouse(
            deployment, _query(table, texts, person.customer_id if keyed else None)
        )
        hits = sum(_holds(person, row, keyed=keyed) for row in rows.dicts())
        found["tables"] += 1
        found["rows"] += len(rows.rows)
        found["hits"] += hits
        found["places"] += [".".join(table)] if hits else []
    return found


def _columns(deployment: Deployment) -> dict[Table, dict[str, str]]:
    """Types by name, by table."""
    tables: defaultdict[Table, dict[str, str]] = defaultdict(dict)
    listed: Rows = ask_warehouse(deployment, named_query("all_columns"))
    for schema, table, column, kind in listed.rows:
        tables[str(schema), str(table)][str(column)] = str(kind).lower()
    return dict(tables)


def _query(table: Table, texts: list[str], customer_id: int | None) -> str:
    addressed = " OR ".join(f"{_quoted(name)} LIKE '%@%'" for name in texts)
    values = {
        "columns": ", ".join(map(_quoted, texts)),
        "table": ".".join(map(_quoted, table)),
        "condition": addressed if customer_id is None else f"{CUSTOMER_KEY} = {customer_id}",
    }
    return PLACEHOLDER.sub(lambda match: values[match[1]], named_query("texts_of_rows"))


def _holds(person: Person, row: dict[str, str | None], *, keyed: bool) -> bool:
    if keyed and any(row.get(name) is not None for name in PERSONAL):
        return True
    told = person.named if keyed else person.addressed
    return any(told(text) for text in row.values() if text)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
