"""Asks Athena and the warehouse, and returns rows of text as both APIs give them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.people import as_person
from stacks.people.table import Person

if TYPE_CHECKING:
    from local.deployment import Deployment

QUERIES = Path(__file__).parent.parent / "sql" / "queries"
ENGINES = ("athena", "warehouse")
POLL_SECONDS = 0.05


class QueryError(Exception):
    """The engine refused or failed the query; the message is the engine's."""


@dataclass(frozen=True)
class Rows:
    """A result set: column names, and rows of text (None is NULL)."""

    columns: tuple[str, ...]
    rows: list[tuple[str | None, ...]]

    def dicts(self) -> list[dict[str, str | None]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def named_query(name: str) -> str:
    """The SQL of `sql/queries/<name>.sql`."""
    return (QUERIES / f"{name}.sql").read_text()


def ask(deployment: Deployment, engine: str, sql: str) -> Rows:
    return {"athena": ask_athena, "warehouse": ask_warehouse}[engine](deployment, sql)


def ask_athena(deployment: Deployment, sql: str) -> Rows:
    """As an analyst, with what analysts may read."""
    athena = as_person(deployment, Person.ANALYST).client("athena")
    query = athena.start_query_execution(
        QueryString=sql,
        WorkGroup=deployment.settings.athena_workgroup(Person.ANALYST),
        QueryExecutionContext={"Database": deployment.settings.gold_database},
    )["QueryExecutionId"]
    while True:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] == "SUCCEEDED":
            break
        if status["State"] in {"FAILED", "CANCELLED"}:
            raise QueryError(status.get("StateChangeReason", status["State"]))
        time.sleep(POLL_SECONDS)
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
    results = [page["ResultSet"] for page in pages]
    columns = tuple(each["Name"] for each in results[0]["ResultSetMetadata"]["ColumnInfo"])
    rows = [
        tuple(field.get("VarCharValue") for field in row["Data"])
        for result in results
        for row in result["Rows"]
    ]
    return Rows(columns, rows[1:] if rows and rows[0] == columns else rows)


def ask_warehouse(deployment: Deployment, sql: str) -> Rows:
    data = deployment.client("redshift-data")
    statement = data.execute_statement(
        WorkgroupName=deployment.settings.warehouse_workgroup,
        Database=deployment.outputs.get("DatabaseName", deployment.settings.warehouse_database),
        Sql=sql,
    )["Id"]
    while True:
        description = data.describe_statement(Id=statement)
        if description["Status"] == "FINISHED":
            break
        if description["Status"] in {"FAILED", "ABORTED"}:
            raise QueryError(description.get("Error", description["Status"]))
        time.sleep(POLL_SECONDS)
    if not description["HasResultSet"]:
        return Rows((), [])
    pages = list(data.get_paginator("get_statement_result").paginate(Id=statement))
    columns = tuple(each["name"] for each in pages[0]["ColumnMetadata"])
    rows = [tuple(_text(field) for field in row) for page in pages for row in page["Records"]]
    return Rows(columns, rows)


def _text(field: dict[str, Any]) -> str | None:
    return None if field.get("isNull") else str(next(iter(field.values())))
