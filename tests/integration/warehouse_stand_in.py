"""The warehouse stand-in as a fixture, and a database of its own for each test."""

from __future__ import annotations

import io
import json
import time
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import boto3
import pyarrow.parquet as pq
import pytest

from lambdas.contracts import BY_TABLE
from lambdas.lake.documents import ConformedRun, DeltaPart, LoadedRun
from lambdas.lake.layout import RunKeys, delta_key
from lambdas.lake.objects import LakeBucket
from lambdas.load.step import load_run
from lambdas.load.submission import Warehouse as Submissions
from local.warehouse import ddl
from local.warehouse.server import Warehouse
from tests.folders import postgres_folder
from tests.publishing import table as arrow_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import psycopg
    from mypy_boto3_redshift_data import RedshiftDataAPIServiceClient
    from mypy_boto3_s3 import S3Client

    from tests.integration.emulator import Emulator

WORKGROUP, TEMPLATE = "test-warehouse", "ours"
Row = dict[str, Any]


@dataclass
class Database:
    """One empty warehouse with our DDL, and a lake to load it from."""

    warehouse: Warehouse
    s3: S3Client
    bucket: str
    name: str
    data: RedshiftDataAPIServiceClient

    @property
    def lake(self) -> LakeBucket:
        return LakeBucket(self.s3, self.bucket)

    def conform(self, run: str, deltas: Mapping[str, Sequence[Row]]) -> None:
        """Leaves what conform leaves of these rows."""
        bodies = {}
        for table, rows in deltas.items():
            sink = io.BytesIO()
            pq.write_table(arrow_table(BY_TABLE[table], rows), sink)
            bodies[table] = sink.getvalue()
        self.hand_on(run, bodies)

    def hand_on(self, run: str, deltas: Mapping[str, bytes]) -> None:
        """Leaves one delta a table, of these Parquet bytes, and the run's document."""
        parts = []
        for table, body in deltas.items():
            key = delta_key(run, table, "", 0)
            self.lake.put(key, body)
            rows = pq.read_metadata(io.BytesIO(body)).num_rows
            parts.append(DeltaPart(table, "", 0, key, rows, len(body)))
        self.lake.put(RunKeys(run).conformed, ConformedRun(parts, {}).to_json())

    def load(self, run: str, *, retry: int = 0, seconds: float = 60) -> LoadedRun:
        submissions = self.submissions(seconds)
        return load_run(self.lake, self.bucket, submissions, run=run, retry=retry)

    def submissions(self, seconds: float = 60) -> Submissions:
        deadline = time.monotonic() + seconds
        return Submissions(
            self.data,
            WORKGROUP,
            self.name,
            seconds_left=lambda: deadline - time.monotonic(),
            sleep=lambda pause: time.sleep(pause / 5),
        )

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query, through the Data API."""
        answer = self.run([sql])
        fields = self.data.get_statement_result(Id=f"{answer['Id']}:1")["Records"]
        return [tuple(_value(each) for each in row) for row in fields]

    def run(self, sqls: list[str], **options: Any) -> Any:
        """Runs a batch to its end and returns its description; raises nothing if it failed."""
        made = self.data.batch_execute_statement(
            Sqls=sqls, WorkgroupName=WORKGROUP, Database=self.name, **options
        )
        return self.ended(made["Id"])

    def ended(self, statement_id: str) -> Any:
        while True:
            answer = self.data.describe_statement(Id=statement_id)
            if answer["Status"] in ("FINISHED", "FAILED", "ABORTED"):
                return answer
            time.sleep(0.02)

    def session(self) -> psycopg.Connection:
        """Straight to PostgreSQL: to hold a lock, or to count what keys would forbid."""
        return self.warehouse.postgres.connect(self.name)

    def order(self, **fault: Any) -> None:
        body = json.dumps(fault).encode()
        request = Request(f"{self.warehouse.url}/_control", data=body, method="POST")  # noqa: S310  # the loopback
        with urlopen(request, timeout=10):  # noqa: S310  # the loopback
            pass


@pytest.fixture(scope="session")
def stand_in(emulator: Emulator) -> Iterator[Warehouse]:
    s3 = boto3.client("s3", **emulator.client)
    with (
        postgres_folder() as folder,
        Warehouse(folder, s3=s3, workgroup=WORKGROUP, database=TEMPLATE) as warehouse,
    ):
        ddl.apply(client(warehouse, emulator), WORKGROUP, TEMPLATE)
        yield warehouse


@pytest.fixture
def database(stand_in: Warehouse, emulator: Emulator) -> Database:
    name = f"t{uuid.uuid4().hex[:12]}"
    s3 = boto3.client("s3", **emulator.client)
    s3.create_bucket(Bucket=f"lake-{name}")
    stand_in.postgres.create_database(name, template=TEMPLATE)
    return Database(stand_in, s3, f"lake-{name}", name, client(stand_in, emulator))


def client(warehouse: Warehouse, emulator: Emulator) -> RedshiftDataAPIServiceClient:
    options = {**emulator.client, "endpoint_url": warehouse.url}
    return boto3.client("redshift-data", **options)


def _value(found: Mapping[str, Any]) -> Any:
    if found.get("isNull"):
        return None
    ((kind, value),) = found.items()
    if kind == "stringValue" and value.replace(".", "", 1).isdigit() and "." in value:
        return Decimal(value)
    return value
