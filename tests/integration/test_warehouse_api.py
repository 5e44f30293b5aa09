"""The Data API as boto3 sees it: asynchronous, transactional, paged, idempotent by token."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local.warehouse import ddl
from tests.integration.warehouse_stand_in import WORKGROUP, Database

if TYPE_CHECKING:
    from mypy_boto3_redshift_data import RedshiftDataAPIServiceClient

pytestmark = pytest.mark.xdist_group("warehouse")  # one server serves them all
NUMBERS = "CREATE TABLE store.numbers AS SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3"


def submit(database: Database, sql: str, **options: Any) -> str:
    return database.data.execute_statement(
        Sql=sql, WorkgroupName=WORKGROUP, Database=database.name, **options
    )["Id"]


def refusal(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_a_statement_is_described_and_its_result_fetched(database: Database) -> None:
    identity = submit(database, "SELECT 1 AS n, 'x'::VARCHAR AS v, NULL AS nothing, 1.50 AS price")
    answer = database.ended(identity)
    assert str(uuid.UUID(identity)) == identity
    assert (answer["Status"], answer["HasResultSet"], answer["ResultRows"]) == ("FINISHED", True, 1)
    assert answer["Duration"] > 0
    result = database.data.get_statement_result(Id=identity)
    assert result["Records"] == [
        [{"longValue": 1}, {"stringValue": "x"}, {"isNull": True}, {"stringValue": "1.50"}]
    ]
    assert [(each["name"], each["typeName"]) for each in result["ColumnMetadata"]] == [
        ("n", "int4"),
        ("v", "varchar"),
        ("nothing", "varchar"),
        ("price", "numeric"),
    ]


def test_named_parameters_are_values_never_sql(database: Database) -> None:
    hostile = "x'; DROP TABLE store.sales; --"
    identity = submit(database, "SELECT :v AS v", Parameters=[{"name": "v", "value": hostile}])
    database.ended(identity)
    assert database.data.get_statement_result(Id=identity)["Records"] == [
        [{"stringValue": hostile}]
    ]
    with pytest.raises(ClientError) as error:
        submit(database, "SELECT 1", Parameters=[{"name": "unused", "value": "1"}])
    assert refusal(error) == "ValidationException"


def test_a_failure_is_told_in_the_warehouses_words(database: Database) -> None:
    answer = database.ended(submit(database, "SELECT n FROM store.nothing"))
    assert answer["Status"] == "FAILED"
    assert answer["Error"] == 'ERROR: relation "store.nothing" does not exist'
    with pytest.raises(ClientError) as error:
        database.data.get_statement_result(Id=answer["Id"])
    assert refusal(error) == "ResourceNotFoundException"


def test_a_batch_is_one_transaction(database: Database) -> None:
    answer = database.run([NUMBERS, "SELECT n FROM store.numbers", "SELECT 1 / 0", "SELECT 2"])
    assert answer["Status"] == "FAILED"
    assert "division by zero" in answer["Error"]
    steps = answer["SubStatements"]
    assert [each["Status"] for each in steps] == ["FINISHED", "FINISHED", "FAILED", "ABORTED"]
    assert [each["Id"] for each in steps] == [f"{answer['Id']}:{n}" for n in range(1, 5)]
    assert "does not exist" in database.run(["SELECT n FROM store.numbers"])["Error"]


def test_a_batch_holds_forty_statements(database: Database) -> None:
    assert database.run(["SELECT 1"] * 40)["Status"] == "FINISHED"
    with pytest.raises(ClientError) as error:
        database.run(["SELECT 1"] * 41)
    assert refusal(error) == "ValidationException"


def test_results_come_in_pages(database: Database) -> None:
    digits = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(10))
    thousands = ", ".join(f"({digits}) AS d{n}" for n in range(4))
    identity = submit(database, f"SELECT d0.n FROM {thousands} LIMIT 2500")  # noqa: S608  # digits
    assert database.ended(identity)["ResultRows"] == 2500
    pages = list(database.data.get_paginator("get_statement_result").paginate(Id=identity))
    assert [len(each["Records"]) for each in pages] == [1000, 1000, 500]
    assert {each["TotalNumRows"] for each in pages} == {2500}


def test_a_token_makes_one_statement_and_fits_one_request(database: Database) -> None:
    token = uuid.uuid4().hex
    database.run([NUMBERS])
    ids = {
        submit(database, "INSERT INTO store.numbers VALUES (4)", ClientToken=token)
        for _ in range(3)
    }
    assert len(ids) == 1
    database.ended(ids.pop())
    assert database.ask("SELECT COUNT(*) FROM store.numbers") == [(4,)]
    with pytest.raises(ClientError) as error:
        submit(database, "SELECT 1", ClientToken=token)
    assert refusal(error) == "ValidationException"


def test_statements_are_listed_by_the_beginning_of_their_name(database: Database) -> None:
    name = uuid.uuid4().hex
    good = database.run(["SELECT 1"], StatementName=f"{name}-good")["Id"]
    bad = database.run(["SELECT"], StatementName=f"{name}-bad")["Id"]

    def listed(**filters: Any) -> list[str]:
        found = database.data.list_statements(StatementName=name, **filters)
        return [each["Id"] for each in found["Statements"]]

    assert listed(Status="ALL") == [bad, good]
    assert listed(Status="FAILED") == [bad]
    assert listed() == [good], "only finished ones unless asked"
    pages = database.data.get_paginator("list_statements").paginate(
        StatementName=name, Status="ALL", PaginationConfig={"PageSize": 1}
    )
    assert [len(page["Statements"]) for page in pages] == [1, 1]


def test_a_running_statement_can_be_cancelled_once(database: Database) -> None:
    with database.session() as session:
        session.execute("LOCK TABLE store.load_ledger")
        identity = submit(database, "SELECT COUNT(*) FROM store.load_ledger")
        wait_until_started(database.data, identity)
        assert database.data.cancel_statement(Id=identity)["Status"] is True
        assert database.ended(identity)["Status"] == "ABORTED"
    with pytest.raises(ClientError) as error:
        database.data.cancel_statement(Id=identity)
    assert refusal(error) == "ValidationException"


def wait_until_started(data: RedshiftDataAPIServiceClient, identity: str) -> None:
    while data.describe_statement(Id=identity).get("RedshiftPid", 0) == 0:
        time.sleep(0.01)


def test_unknown_statements_workgroups_and_databases_are_refused(database: Database) -> None:
    with pytest.raises(ClientError) as unknown:
        database.data.describe_statement(Id=str(uuid.uuid4()))
    assert refusal(unknown) == "ResourceNotFoundException"
    with pytest.raises(ClientError) as elsewhere:
        database.data.execute_statement(Sql="SELECT 1", WorkgroupName="other", Database="test")
    assert refusal(elsewhere) == "ValidationException"
    made = database.data.execute_statement(
        Sql="SELECT 1", WorkgroupName=WORKGROUP, Database="nowhere"
    )
    assert 'database "nowhere" does not exist' in database.ended(made["Id"])["Error"]


def test_a_transaction_sees_one_snapshot_and_a_conflict_is_told(database: Database) -> None:
    database.run([NUMBERS])
    with database.session() as session:
        session.execute("UPDATE store.numbers SET n = 10 WHERE n = 1")
        identity = submit(database, "UPDATE store.numbers SET n = 11 WHERE n = 1")
        wait_until_started(database.data, identity)
        time.sleep(0.2)
    assert "Serializable isolation violation" in database.ended(identity)["Error"]


def test_text_is_compared_by_its_bytes(database: Database) -> None:
    rows = database.ask("SELECT v FROM (SELECT 'a' AS v UNION ALL SELECT 'B') AS t ORDER BY v")
    assert rows == [("B",), ("a",)]


def test_the_load_functions_role_is_admitted_to_the_store_once(database: Database) -> None:
    role = f"load-{database.name}"
    for _ in range(2):
        ddl.admit_loader(database.data, WORKGROUP, database.name, role)
    may = "HAS_TABLE_PRIVILEGE(usename, 'store.sales', 'INSERT')"
    rows = database.ask(f"SELECT {may} FROM pg_user WHERE usename = 'IAMR:{role}'")  # noqa: S608  # our own words
    assert rows == [(True,)]


def test_the_ddl_may_be_applied_again(database: Database) -> None:
    database.run(["INSERT INTO store.category VALUES (1, 'General', '0', FALSE)"])
    ddl.apply(database.data, WORKGROUP, database.name)
    assert database.ask("SELECT category_name FROM category") == [("General",)]
