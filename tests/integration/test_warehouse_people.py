"""What people may do in the warehouse, in a real PostgreSQL: each cell as the person's own user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from local.warehouse import ddl
from tests.integration.warehouse_stand_in import WORKGROUP

if TYPE_CHECKING:
    from tests.integration.warehouse_stand_in import Database

MART = "CREATE TABLE marts.daily (day INTEGER)"
LATER = "CREATE TABLE marts.later (day INTEGER)"
READS = {
    "engineer": {"public.sales", "public.customer", "marts.daily", "marts.later", "store.sales"},
    "scientist": {"public.sales", "public.customer", "marts.daily", "marts.later", "store.sales"},
    "analyst": {"public.sales", "public.customer", "marts.daily", "marts.later"},
}
TABLES = set().union(*READS.values())
CHANGES = (
    "INSERT INTO {} SELECT * FROM {}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "DROP TABLE {}",
)
CREATIONS = (
    "CREATE TABLE public.mine (a INTEGER)",
    "CREATE TABLE marts.mine (a INTEGER)",
    "CREATE TABLE store.mine (a INTEGER)",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
)


def admitted(database: Database) -> dict[str, str]:
    """The user of each person, in a warehouse with a mart from before and one that came later."""
    database.run([MART])
    roles = {person: f"{person}-{database.name}" for person in READS}
    for _ in range(2):
        ddl.admit_people(database.data, WORKGROUP, database.name, roles)
    database.run([LATER])
    return {person: f"IAMR:{role}" for person, role in roles.items()}


def may(database: Database, user: str, statement: str) -> bool:
    """A view is no table to truncate or drop, whoever asks."""
    with database.session() as session:
        session.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(user)))
        try:
            session.execute(statement.encode())
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType):
            return False
        finally:
            session.rollback()
    return True


def test_each_person_reads_what_the_lake_lets_read_and_changes_nothing(database: Database) -> None:
    users = admitted(database)
    for person, user in users.items():
        reads = {each for each in TABLES if may(database, user, f"SELECT * FROM {each}")}  # noqa: S608  # our own names
        assert reads == READS[person], person
        for table in sorted(TABLES):
            for change in CHANGES:
                assert not may(database, user, change.replace("{}", table)), (person, change, table)
        for creation in CREATIONS:
            assert not may(database, user, creation), (person, creation)


def test_who_was_not_admitted_reads_nothing(database: Database) -> None:
    admitted(database)
    ddl.admit_loader(database.data, WORKGROUP, database.name, f"other-{database.name}")
    stranger = f"IAMR:other-{database.name}"
    assert not may(database, stranger, "SELECT * FROM public.customer")
    assert not may(database, stranger, "SELECT * FROM marts.daily")


@pytest.mark.parametrize("role", ["analyst", "scientist", "engineer"])
def test_one_role_is_no_way_into_another(database: Database, role: str) -> None:
    users = admitted(database)
    for other in READS:
        assert may(database, users[role], f"SET ROLE {other}") == (other == role)
