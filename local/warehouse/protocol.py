"""The Data API's operations: JSON in, JSON out, with its limits, its tokens and its errors."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from local.warehouse.dialect import named_parameters
from local.warehouse.statements import FINISHED, Step, Submission

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.warehouse.statements import Statements

MAX_BATCH = 40
MAX_SQL_BYTES = 100_000
LIST_PAGE = 100
ALL = "ALL"
Request = dict[str, Any]
Answer = dict[str, Any]


class ApiError(Exception):
    """An error answer: `kind` is its __type."""

    def __init__(self, kind: str, message: str, **fields: str) -> None:
        super().__init__(message)
        self.body = {"__type": kind, "Message": message, **fields}


class DataApi:
    """Serves one workgroup. `page_rows` bounds a page of GetStatementResult."""

    def __init__(self, statements: Statements, workgroup: str, page_rows: int = 1000) -> None:
        self._statements = statements
        self._workgroup = workgroup
        self._page_rows = page_rows
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[str, str]] = {}
        self._operations: dict[str, Callable[[Request], Answer]] = {
            "ExecuteStatement": self._execute_statement,
            "BatchExecuteStatement": self._batch_execute_statement,
            "DescribeStatement": self._describe_statement,
            "GetStatementResult": self._get_statement_result,
            "ListStatements": self._list_statements,
            "CancelStatement": self._cancel_statement,
        }

    def call(self, operation: str, request: Request) -> Answer:
        """Raises ApiError."""
        if operation not in self._operations:
            raise ApiError("UnknownOperationException", f"{operation} is not served here")
        return self._operations[operation](request)

    def _execute_statement(self, request: Request) -> Answer:
        return self._submit(request, [request["Sql"]], is_batch=False)

    def _batch_execute_statement(self, request: Request) -> Answer:
        if not 1 <= len(request["Sqls"]) <= MAX_BATCH:
            raise _invalid(f"a batch holds 1 to {MAX_BATCH} statements")
        return self._submit(request, request["Sqls"], is_batch=True)

    def _submit(self, request: Request, sqls: list[str], *, is_batch: bool) -> Answer:
        if request.get("WorkgroupName") != self._workgroup:
            raise _invalid("Redshift endpoint doesn't exist in this region.")
        if not request.get("Database"):
            raise _invalid("Database is required")
        if any(len(each.encode()) > MAX_SQL_BYTES for each in sqls):
            raise _invalid(f"a statement has at most {MAX_SQL_BYTES} bytes")
        given = {each["name"]: each["value"] for each in request.get("Parameters", [])}
        unused = given.keys() - set().union(*map(named_parameters, sqls))
        if unused:
            raise _invalid(f"Parameters list contains unused parameters: {sorted(unused)}")
        submission = Submission(
            steps=[Step(each) for each in sqls],
            database=request["Database"],
            workgroup=self._workgroup,
            name=request.get("StatementName", ""),
            is_batch=is_batch,
            parameters=given,
        )
        return _receipt(self._once(request, submission))

    def _once(self, request: Request, submission: Submission) -> Submission:
        """The submission that this token made before, or this one, now under way."""
        token = request.get("ClientToken")
        content = json.dumps({**request, "ClientToken": None}, sort_keys=True)
        with self._lock:
            if token in self._tokens:
                earlier_content, earlier_id = self._tokens[token]
                if earlier_content != content:
                    raise _invalid("the ClientToken was used with other parameters")
                return self._found(earlier_id)
            if token:
                self._tokens[token] = (content, submission.id)
            self._statements.submit(submission)
        return submission

    def _found(self, statement_id: str) -> Submission:
        submission = self._statements.find(statement_id)
        if submission is None:
            raise ApiError(
                "ResourceNotFoundException",
                f"Query does not exist: {statement_id}",
                ResourceId=statement_id,
            )
        return submission

    def _describe_statement(self, request: Request) -> Answer:
        submission = self._found(request["Id"].partition(":")[0])
        answer = {
            **_receipt(submission),
            "UpdatedAt": submission.updated_at,
            "Status": submission.status,
            "Duration": submission.duration_ns,
            "HasResultSet": any(step.result is not None for step in submission.steps),
            "RedshiftPid": submission.pid,
            "ResultRows": -1 if submission.is_batch else submission.steps[0].rows,
            "ResultSize": -1 if submission.is_batch else _size(submission.steps[0]),
        }
        if submission.error:
            answer["Error"] = submission.error
        if submission.is_batch:
            answer["SubStatements"] = [
                _sub_statement(submission, number) for number in range(1, len(submission.steps) + 1)
            ]
        else:
            answer["QueryString"] = submission.steps[0].sql
        return answer

    def _get_statement_result(self, request: Request) -> Answer:
        statement_id, _, number = request["Id"].partition(":")
        submission = self._found(statement_id)
        if submission.is_batch and not number:
            raise _invalid("a batch has a result per statement: add :1, :2, … to the Id")
        if not 1 <= int(number or 1) <= len(submission.steps):
            raise _invalid(f"there is no statement {request['Id']}")
        result = submission.steps[int(number or 1) - 1].result
        if submission.status != FINISHED or result is None:
            raise ApiError(
                "ResourceNotFoundException",
                f"Query does not have result. Please check query status with DescribeStatement. "
                f"It is {submission.status}.",
                ResourceId=request["Id"],
            )
        first = int(request.get("NextToken") or 0)
        last = first + self._page_rows
        answer: Answer = {
            "Records": result.records[first:last],
            "ColumnMetadata": result.columns,
            "TotalNumRows": len(result.records),
        }
        if last < len(result.records):
            answer["NextToken"] = str(last)
        return answer

    def _list_statements(self, request: Request) -> Answer:
        """Only finished ones unless a Status is asked for; names are matched as prefixes."""
        status = request.get("Status", FINISHED)
        matching = [
            each
            for each in self._statements.newest_first()
            if each.name.startswith(request.get("StatementName", ""))
            and status in (ALL, each.status)
        ]
        first = int(request.get("NextToken") or 0)
        last = first + int(request.get("MaxResults") or LIST_PAGE)
        answer: Answer = {"Statements": [_listed(each) for each in matching[first:last]]}
        if last < len(matching):
            answer["NextToken"] = str(last)
        return answer

    def _cancel_statement(self, request: Request) -> Answer:
        submission = self._found(request["Id"])
        if not self._statements.cancel(submission):
            raise _invalid(f"Could not cancel a query that is already in {submission.status} state")
        return {"Status": True}


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def _receipt(submission: Submission) -> Answer:
    return {
        "Id": submission.id,
        "CreatedAt": submission.created_at,
        "Database": submission.database,
        "WorkgroupName": submission.workgroup,
    }


def _size(step: Step) -> int:
    return step.result.size if step.result else 0


def _sub_statement(submission: Submission, number: int) -> Answer:
    step = submission.steps[number - 1]
    answer = {
        "Id": f"{submission.id}:{number}",
        "CreatedAt": submission.created_at,
        "UpdatedAt": submission.updated_at,
        "Duration": step.duration_ns,
        "HasResultSet": step.result is not None,
        "QueryString": step.sql,
        "ResultRows": step.rows,
        "ResultSize": _size(step),
        "Status": step.status,
    }
    return {**answer, "Error": step.error} if step.error else answer


def _listed(submission: Submission) -> Answer:
    strings = [step.sql for step in submission.steps]
    return {
        "Id": submission.id,
        "StatementName": submission.name,
        "Status": submission.status,
        "CreatedAt": submission.created_at,
        "UpdatedAt": submission.updated_at,
        "IsBatchStatement": submission.is_batch,
        **({"QueryStrings": strings} if submission.is_batch else {"QueryString": strings[0]}),
    }
