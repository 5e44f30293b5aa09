"""What the pipeline is doing: objects per zone, runs, queues; and waiting until it has drained."""

from __future__ import annotations

import io
import json
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import pyarrow.parquet as pq

from lambdas.erase.ledger import Erasure
from lambdas.lake.layout import ERASURES, GOLD, LIVE, RAW, RUNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.access import Access

WATCH_SECONDS = 0.25


@dataclass(frozen=True)
class RawVersion:
    key: str
    version_id: str


@dataclass(frozen=True)
class Run:
    """One execution of the promotion. `seconds` is None while it runs."""

    name: str
    status: str
    seconds: float | None


class Pipeline:
    """A laptop cloud's pipeline, looked at as the account's root."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.bucket = access.outputs["LakeBucket"]
        self._records: dict[str, dict[str, Any]] = {}

    @cached_property
    def s3(self) -> Any:
        return self.access.client("s3")

    def keys(self, prefix: str = "") -> Iterator[str]:
        for page in self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix
        ):
            for entry in page.get("Contents", []):
                yield entry["Key"]

    def read(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def etag(self, key: str) -> str:
        etag: str = self.s3.head_object(Bucket=self.bucket, Key=key)["ETag"]
        return etag

    def raw_versions(self) -> set[RawVersion]:
        pages = self.s3.get_paginator("list_object_versions")
        return {
            RawVersion(each["Key"], each["VersionId"])
            for page in pages.paginate(Bucket=self.bucket, Prefix=RAW)
            for each in page.get("Versions", [])
        }

    def records(self) -> list[dict[str, Any]]:
        """The records of all runs that succeeded; a record never changes, so each is read once."""
        for key in self.keys(RUNS):
            if key.endswith("/record.json") and key not in self._records:
                self._records[key] = json.loads(self.read(key))
        return list(self._records.values())

    def promoted(self) -> list[RawVersion]:
        """Every raw version as often as a successful live run names it, unless asked for again."""
        return [
            RawVersion(each["key"], each["version_id"])
            for record in self.records()
            if record["target"] == LIVE and not record["run"].startswith("again-")
            for each in record["inputs"]
        ]

    def erased(self) -> set[RawVersion]:
        """Raw versions that erasures replaced: runs name them, but they are gone."""
        erasures = [Erasure.from_json(self.read(key)) for key in self.keys(ERASURES)]
        return {RawVersion(e.key, e.version_id) for each in erasures for e in each.replaced}

    def runs(self) -> list[Run]:
        machine = self.access.outputs["StateMachineArn"]
        pages = self.access.client("stepfunctions").get_paginator("list_executions")
        return [
            Run(each["name"], each["status"], _seconds(each))
            for page in pages.paginate(stateMachineArn=machine)
            for each in page["executions"]
        ]

    def dead_letters(self) -> int:
        """Messages in the dead-letter queue."""
        attributes = self.access.client("sqs").get_queue_attributes(
            QueueUrl=self.access.outputs["DeadLetterQueueUrl"],
            AttributeNames=["ApproximateNumberOfMessages"],
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])

    def idle(self) -> bool:
        """No run is working, and every raw version is in a run that succeeded."""
        if any(run.status == "RUNNING" for run in self.runs()):
            return False
        return self.raw_versions() <= set(self.promoted())


def _seconds(execution: dict[str, Any]) -> float | None:
    if "stopDate" not in execution:
        return None
    seconds: float = (execution["stopDate"] - execution["startDate"]).total_seconds()
    return seconds


@dataclass
class GoldWatch:
    """Reads gold's sales as they change and notes when each transaction was first there.

    `seen` maps a transaction's id to Unix time in seconds. A failure of the watching thread is
    raised when the watch ends.
    """

    pipeline: Pipeline
    seen: dict[str, float] = field(default_factory=dict)
    failure: Exception | None = None

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self.failure:
            raise self.failure

    def _watch(self) -> None:
        etags: dict[str, str] = {}
        try:
            while not self._stop.wait(WATCH_SECONDS):
                self._look(etags)
        except Exception as failure:  # noqa: BLE001  # raised in the thread that waits
            self.failure = failure

    def _look(self, etags: dict[str, str]) -> None:
        listing = self.pipeline.s3.list_objects_v2(
            Bucket=self.pipeline.bucket, Prefix=f"{GOLD}sales/"
        )
        for entry in listing.get("Contents", []):
            if etags.get(entry["Key"]) == entry["ETag"]:
                continue
            body = io.BytesIO(self.pipeline.read(entry["Key"]))
            ids = pq.read_table(body, columns=["transaction_id"])["transaction_id"].to_pylist()
            now = time.time()
            for transaction in ids:
                self.seen.setdefault(transaction, now)
            etags[entry["Key"]] = entry["ETag"]
