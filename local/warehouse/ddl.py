"""The warehouse's DDL: applied through the Data API, and held against the contracts.

Used alike for the stand-in and for a real account, there by the administrator:

    python -m local.warehouse.ddl --workgroup mercado-warehouse --database mercado --loader ROLE

where ROLE is the name of the load function's role. `--engineer`, `--scientist` and `--analyst` take
the names of the roles that people assume, and let these in as well.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import sqlglot
from sqlglot import exp

from lambdas.contracts import DELETED, VERSION, Kind
from stacks.people.table import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_redshift_data import RedshiftDataAPIServiceClient

    from lambdas.contracts import Contract

FOLDER = Path(__file__).resolve().parents[2] / "sql" / "warehouse"
ACCESS, PEOPLE = FOLDER / "access", FOLDER / "people"
STORE, STAR = "store", "public"
OUR_OWN = {"load_ledger"}
"""Tables of the store that hold no entity."""
BATCH = 40
DDL_TIMEOUT_SECONDS = 300


class DdlError(Exception):
    """The warehouse did not take the DDL; the message is its own."""


def statements(folder: Path = FOLDER) -> dict[str, str]:
    """One statement a file, by file name, in the order in which they apply."""
    return {path.name: path.read_text() for path in sorted(folder.glob("*.sql"))}


def apply(client: RedshiftDataAPIServiceClient, workgroup: str, database: str) -> None:
    """Brings schemas, tables and views into being, all or none; again is harmless."""
    every = list(statements().values())
    for first in range(0, len(every), BATCH):
        _run(client, workgroup, database, every[first : first + BATCH])


def admit_loader(
    client: RedshiftDataAPIServiceClient, workgroup: str, database: str, role: str
) -> None:
    """Lets the load function's IAM role load: its database user, if need be, and what it may do.

    The warehouse knows an IAM role as the user "IAMR:<name>"; again is harmless.
    """
    user = _user_of(client, workgroup, database, role)
    grants = [each.replace("{{ loader }}", user) for each in statements(ACCESS).values()]
    _run(client, workgroup, database, grants)


def admit_people(
    client: RedshiftDataAPIServiceClient, workgroup: str, database: str, roles: Mapping[str, str]
) -> None:
    """Creates the roles of `Person`, grants what is theirs, and lets IAM roles join them.

    `roles` are names of IAM roles by person; without any, nobody joins. Again is harmless.
    """
    sql = {path.stem: path.read_text() for path in PEOPLE.glob("*.sql")}
    known = _ask(client, workgroup, database, sql["known_roles"])
    missing = [sql["create_role"].replace("{{ role }}", each) for each in set(Person) - known]
    if missing:
        _run(client, workgroup, database, missing)
    _run(client, workgroup, database, list(statements(PEOPLE / "grants").values()))
    for person, role in roles.items():
        user = _user_of(client, workgroup, database, role)
        joined = sql["join_role"].replace("{{ role }}", person).replace("{{ user }}", user)
        _run(client, workgroup, database, [joined])


def _user_of(client: RedshiftDataAPIServiceClient, workgroup: str, database: str, role: str) -> str:
    """The database user of an IAM role, quoted; made if need be."""
    user = f"IAMR:{role}"
    known = (PEOPLE / "known_users.sql").read_text()
    if user not in _ask(client, workgroup, database, known):
        _run(client, workgroup, database, [f'CREATE USER "{user}" PASSWORD DISABLE'])
    return f'"{user}"'


def _ask(client: RedshiftDataAPIServiceClient, workgroup: str, database: str, sql: str) -> set[str]:
    """The first column, of texts."""
    asked = client.execute_statement(Sql=sql, WorkgroupName=workgroup, Database=database)
    _wait(client, asked["Id"])
    pages = client.get_paginator("get_statement_result").paginate(Id=asked["Id"])
    return {row[0]["stringValue"] for page in pages for row in page["Records"]}


def _run(
    client: RedshiftDataAPIServiceClient, workgroup: str, database: str, sqls: list[str]
) -> None:
    submitted = client.batch_execute_statement(
        Sqls=sqls, WorkgroupName=workgroup, Database=database, StatementName="ddl"
    )
    _wait(client, submitted["Id"])


def _wait(client: RedshiftDataAPIServiceClient, statement_id: str) -> None:
    deadline = time.monotonic() + DDL_TIMEOUT_SECONDS
    pause = 0.05
    while time.monotonic() < deadline:
        answer = client.describe_statement(Id=statement_id)
        if answer["Status"] == "FINISHED":
            return
        if answer["Status"] in ("FAILED", "ABORTED"):
            raise DdlError(answer.get("Error", answer["Status"]))
        time.sleep(pause)
        pause = min(2.0, pause * 1.5)
    raise DdlError(f"statement {statement_id} still runs after {DDL_TIMEOUT_SECONDS} s")


def drift(contracts: Sequence[Contract], files: Mapping[str, str]) -> list[str]:
    """Where the DDL departs from the contracts, in sentences; none if they agree."""
    created = {_name(each): each for each in _created(files.values())}
    expected = {f"{schema}.{each.table}" for each in contracts for schema in (STORE, STAR)}
    known = expected | {f"{STORE}.{table}" for table in OUR_OWN}
    found = [f"{name} is in no contract" for name in sorted(created.keys() - known)]
    for contract in contracts:
        table, view = f"{STORE}.{contract.table}", f"{STAR}.{contract.table}"
        found += _table_drift(contract, created[table]) if table in created else [_missing(table)]
        found += _view_drift(contract, created[view]) if view in created else [_missing(view)]
    return found


def _created(sqls: Iterable[str]) -> Iterator[exp.Create]:
    for sql in sqls:
        statement = sqlglot.parse_one(sql, read="redshift")
        if isinstance(statement, exp.Create) and statement.args["kind"] in ("TABLE", "VIEW"):
            yield statement


def _missing(name: str) -> str:
    return f"{name} is in the contracts, but the DDL does not create it"


def _name(create: exp.Create) -> str:
    table = create.find(exp.Table)
    return f"{table.db}.{table.name}" if table else ""


def _table_drift(contract: Contract, create: exp.Create) -> list[str]:
    table = f"{STORE}.{contract.table}"
    columns = list(create.this.find_all(exp.ColumnDef))
    names = [each.name for each in columns]
    wanted = [each.name for each in contract.stored_columns]
    if names != wanted:
        return [f"{table} has the columns {names}, its contract {wanted}, in this order"]
    required = {*contract.key, VERSION.name, DELETED.name}
    found = []
    for column, stored in zip(columns, contract.stored_columns, strict=True):
        kind = exp.DataType.build(stored.redshift, dialect="redshift")
        if column.kind != kind:
            given = column.kind.sql("redshift") if column.kind else "nothing"
            found.append(f"{table}.{stored.name} is {given}, its contract says {stored.redshift}")
        not_null = column.find(exp.NotNullColumnConstraint) is not None
        if not_null != (stored.name in required):
            rule = "must be NOT NULL" if stored.name in required else "must allow NULL"
            found.append(f"{table}.{stored.name} {rule}")
    keys = tuple(key.name for each in create.find_all(exp.PrimaryKey) for key in each.expressions)
    if keys != contract.key:
        found.append(f"{table} has the primary key {keys}, its contract {contract.key}")
    return found


def _view_drift(contract: Contract, create: exp.Create) -> list[str]:
    view = f"{STAR}.{contract.table}"
    query = create.expression
    found = []
    if tuple(query.named_selects) != contract.column_names:
        found.append(
            f"{view} shows {query.named_selects}, its contract {list(contract.column_names)}"
        )
    source = query.find(exp.Table)
    if f"{source.db}.{source.name}" != f"{STORE}.{contract.table}":
        found.append(f"{view} reads {source.sql()}, not {STORE}.{contract.table}")
    where = query.args.get("where")
    condition = where.this.sql() if where else ""
    wanted = f"NOT {DELETED.name}" if contract.kind is Kind.FACT else ""
    if condition != wanted:
        found.append(f"{view} is filtered by '{condition}', must be by '{wanted}'")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="local.warehouse.ddl", description=__doc__)
    parser.add_argument("--workgroup", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--loader", required=True, help="name of the load function's IAM role")
    for person in Person:
        parser.add_argument(f"--{person}", help=f"name of the IAM role that {person}s assume")
    options = parser.parse_args()
    client = boto3.client("redshift-data")
    apply(client, options.workgroup, options.database)
    admit_loader(client, options.workgroup, options.database, options.loader)
    given = {person.value: getattr(options, person) for person in Person}
    people = {person: role for person, role in given.items() if role}
    admit_people(client, options.workgroup, options.database, people)


if __name__ == "__main__":
    main()
