"""Step 7 of a promotion: the run's deltas into the warehouse.

Event: {"run": its name, "retry": how often Step Functions has retried, from 0}. Operators ask for
all of a table's state instead: see `load_table`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import awswrangler as wr
import boto3

from lambdas.contracts.metrics import ROWS_LOADED
from lambdas.lake.objects import LakeBucket
from lambdas.load.state import load_state, plan_state
from lambdas.load.step import load_run
from lambdas.load.submission import Warehouse
from lambdas.runtime.observe import emit, logger, tracer
from lambdas.runtime.settings import required

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

RESERVE_SECONDS = 5.0
"""Kept back from waiting, to end with a named error rather than a timeout."""


@dataclass(frozen=True)
class LoadSettings:
    bucket: str
    workgroup: str
    database: str

    @classmethod
    def from_environment(cls) -> LoadSettings:
        return cls(
            bucket=required("LAKE_BUCKET"),
            workgroup=required("WAREHOUSE_WORKGROUP"),
            database=required("WAREHOUSE_DATABASE"),
        )


@cache
def settings() -> LoadSettings:
    return LoadSettings.from_environment()


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Of a run an empty answer: what was loaded is in its LoadedRun. Of state, its counts."""
    store = LakeBucket(boto3.client("s3"), settings().bucket)
    if "state" in event:
        return load_table(store, event, context)
    run = event["run"]
    logger.append_keys(run=run)
    warehouse = _warehouse(context)
    loaded = load_run(store, store.bucket, warehouse, run=run, retry=event["retry"])
    staged = {table.table: table.staged for table in loaded.tables}
    emit({ROWS_LOADED: sum(staged.values())})
    logger.info("loaded", extra={"staged": staged})
    return {}


def load_table(store: LakeBucket, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """`{"state": id, "table", "retry", "dry_run"?}` -> objects and bytes of its state, rows staged.

    For operators: what no run has loaded. In a dry run nothing is staged.
    """
    logger.append_keys(state=event["state"], table=event["table"])
    load, dry_run = plan_state(store, event["state"], event["table"]), event.get("dry_run") is True
    answer = {"objects": len(load.objects), "bytes": load.bytes, "dry_run": dry_run}
    if dry_run:
        return {**answer, "staged": 0}
    staged = load_state(store, store.bucket, _warehouse(context), load, event["retry"])
    logger.info("loaded state", extra={**answer, "staged": staged})
    return {**answer, "staged": staged}


def _warehouse(context: LambdaContext) -> Warehouse:
    workgroup, database = settings().workgroup, settings().database
    connection = wr.data_api.redshift.connect(workgroup_name=workgroup, database=database)
    return Warehouse(
        client=connection.client,
        workgroup=workgroup,
        database=database,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS,
    )
