"""Step 7 of a promotion: the run's deltas into the warehouse.

Event: {"run": its name, "retry": how often Step Functions has retried, from 0}.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import awswrangler as wr
import boto3

from lambdas.contracts.metrics import ROWS_LOADED
from lambdas.lake.objects import LakeBucket
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
    """Returns an empty answer; what was loaded is in the run's LoadedRun."""
    run = event["run"]
    logger.append_keys(run=run)
    bucket, workgroup, database = settings().bucket, settings().workgroup, settings().database
    connection = wr.data_api.redshift.connect(workgroup_name=workgroup, database=database)
    warehouse = Warehouse(
        client=connection.client,
        workgroup=workgroup,
        database=database,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS,
    )
    store = LakeBucket(boto3.client("s3"), bucket)
    loaded = load_run(store, bucket, warehouse, run=run, retry=event["retry"])
    staged = {table.table: table.staged for table in loaded.tables}
    emit({ROWS_LOADED: sum(staged.values())})
    logger.info("loaded", extra={"staged": staged})
    return {}
