"""Makes the emulator ask IAM what AWS asks, where MiniStack 1.5.33 asks something else.

- `aws:PrincipalArn` of a session is its role's ARN, with the role's path; there, the session's.
- An S3 key may hold a slash after a slash; there, they become one.
- A `*` is any text; there, none with a line's end in it, which a key may have.
- Reading a query's state or result is a matter of its workgroup; there, of no resource at all.
- Glue asks for the catalogue, the database and the table; there, for one that may be the wrong one.
- Athena reads the catalogue and S3, and writes results, with the permissions of whoever asks, and
  a workgroup that enforces its configuration heeds no client's; there, it reads and writes as root.

Runs under the emulator's own Python. A policy that passes here is the one that passes on AWS.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any
from urllib.parse import urlparse

from emulator_map_runs import resource_arn as extract_resource_arn  # of this folder
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import athena, glue, iam

resolve_condition_key = iam_evaluator._resolve_condition_key  # noqa: SLF001
compile_pattern = iam_evaluator._fnmatch_compile  # noqa: SLF001
enforce = iam_evaluator.enforce
start_query = athena._start_query_execution  # noqa: SLF001
rewrite_data_paths = athena._rewrite_data_paths  # noqa: SLF001
run_ddl = athena._run_ddl  # noqa: SLF001
materialize = athena._materialize_table_files  # noqa: SLF001
save_results = athena._save_query_results  # noqa: SLF001


def condition_key(key: str, context: Any) -> Any:
    """In place of `iam_evaluator._resolve_condition_key`."""
    if key.lower() == "aws:principalarn" and ":assumed-role/" in context.principal_arn:
        name = context.principal_arn.split("/")[1]
        role = iam._roles.get_scoped(context.principal_account, None, name)  # noqa: SLF001
        return role["Arn"] if role else context.principal_arn
    return resolve_condition_key(key, context)


@cache
def whole_pattern(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """In place of `iam_evaluator._fnmatch_compile`."""
    found = compile_pattern(pattern, ignore_case)
    return re.compile(found.pattern, found.flags | re.DOTALL)


def resource_arn(service: str, method: str, path: str, *rest: Any) -> str:
    """In place of `iam_actions.extract_resource_arn`, over what knows of map runs.

    `rest` are headers, body, query, region and account.
    """
    headers, body, _, region, account = rest
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    found = ""
    if service in {"athena", "glue"}:
        request = json.loads(body or b"{}")
        found = query_workgroup(request) if service == "athena" else catalogued(action, request)
    if service == "s3" and "//" in path:
        return f"arn:aws:s3:::{path[1:]}"
    if found:
        return f"arn:aws:{service}:{region}:{account}:{found}"
    found_arn: str = extract_resource_arn(service, method, path, *rest)
    return found_arn


def query_workgroup(request: dict[str, Any]) -> str:
    """The workgroup of the queries that are asked for, if they have one in common."""
    ids = request.get("QueryExecutionIds", [request.get("QueryExecutionId")])
    queries = [athena._executions.get(each) for each in ids if each]  # noqa: SLF001
    groups = {each["WorkGroup"] for each in queries if each}
    return f"workgroup/{groups.pop()}" if len(groups) == 1 else ""


def catalogued(action: str, request: dict[str, Any]) -> str:
    """The database or table that a request is about."""
    name = request.get("Name", "")
    database = request.get("DatabaseName") or request.get("DatabaseInput", {}).get("Name")
    if not database:
        return f"database/{name}" if action.endswith("Database") and name else ""
    table = request.get("TableName") or request.get("TableInput", {}).get("Name")
    if not table and "Table" in action:
        table = name or "*"
    return f"table/{database}/{table}" if table else f"database/{database}"


def enforce_all(
    key: str, action: str, service: str, region: str, resource_arn: str = "*", **rest: Any
) -> Any:
    """In place of `iam_evaluator.enforce`: for Glue, what holds the resource too."""
    for each in holders(resource_arn) if service == "glue" else [resource_arn]:
        denied = enforce(key, action, service, region, resource_arn=each, **rest)
        if denied:
            return denied
    return None


def holders(arn: str) -> list[str]:
    """A table's ARN, its database's and the catalogue's."""
    prefix, _, name = arn.rpartition(":")
    kind, _, rest = name.partition("/")
    database = [f"{prefix}:database/{rest.partition('/')[0]}"] if kind == "table" else []
    return [f"{prefix}:catalog", *database, *([arn] if kind != "catalog" else [])]


def require(action: str, arn: str, context: dict[str, Any] | None = None) -> None:
    """Fails the query unless whoever asked it may do this; root may."""
    caller = iam_evaluator._verified_key.get()  # noqa: SLF001
    service = action.partition(":")[0]
    if caller and enforce_all(
        caller, action, service, get_region(), resource_arn=arn, service_context=context or {}
    ):
        raise PermissionError(f"Access Denied: {action} on {arn} (Status Code: 403)")


def glue_arn(database: str, table: str) -> str:
    return f"arn:aws:glue:{get_region()}:{get_account_id()}:table/{database}/{table}"


def start_enforced(data: dict[str, Any]) -> Any:
    """In place of `athena._start_query_execution`."""
    group = athena._workgroups.get(data.get("WorkGroup", "primary")) or {}  # noqa: SLF001
    if group.get("Configuration", {}).get("EnforceWorkGroupConfiguration"):
        data = {name: value for name, value in data.items() if name != "ResultConfiguration"}
    return start_query(data)


async def rewrite_as_caller(query: str, database: str, catalog: str | None = None) -> Any:
    """In place of `athena._rewrite_data_paths`."""
    for reference in athena._table_references(query):  # noqa: SLF001
        name = reference.database or database
        if f"{name}/{reference.table}" in glue._tables:  # noqa: SLF001
            require("glue:GetTable", glue_arn(name, reference.table))
    return await rewrite_data_paths(query, database, catalog)


def run_ddl_as_caller(ddl: Any, database: str) -> Any:
    """In place of `athena._run_ddl`."""
    dropped = isinstance(ddl, athena._DropTable)  # noqa: SLF001
    action = "glue:DeleteTable" if dropped else "glue:CreateTable"
    require(action, glue_arn(ddl.database or database, ddl.table))
    return run_ddl(ddl, database)


def materialize_as_caller(location: str, workdirs: list[str]) -> Any:
    """In place of `athena._materialize_table_files`."""
    parsed = urlparse(location)
    bucket, prefix = f"arn:aws:s3:::{parsed.netloc}", parsed.path.lstrip("/")
    require("s3:ListBucket", bucket, {"s3:prefix": prefix})
    require("s3:GetObject", f"{bucket}/{prefix}part")
    return materialize(location, workdirs)


async def save_results_as_caller(query_id: str) -> None:
    """In place of `athena._save_query_results`."""
    execution = athena._executions[query_id]  # noqa: SLF001
    place = execution["ResultConfiguration"]["OutputLocation"].removeprefix("s3://")
    try:
        require("s3:PutObject", f"arn:aws:s3:::{place}")
    except PermissionError as error:
        execution["Status"] |= {"State": "FAILED", "StateChangeReason": str(error)}
        execution["_results"] = None
        return
    await save_results(query_id)


def install() -> None:
    iam_evaluator._resolve_condition_key = condition_key  # noqa: SLF001
    iam_evaluator._fnmatch_compile = whole_pattern  # noqa: SLF001
    iam_actions.extract_resource_arn = resource_arn
    iam_evaluator.enforce = enforce_all
    athena._start_query_execution = start_enforced  # noqa: SLF001
    athena._rewrite_data_paths = rewrite_as_caller  # noqa: SLF001
    athena._run_ddl = run_ddl_as_caller  # noqa: SLF001
    athena._materialize_table_files = materialize_as_caller  # noqa: SLF001
    athena._save_query_results = save_results_as_caller  # noqa: SLF001
