"""Real threads race awswrangler's Parquet into one partition of the emulator's S3."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

from lambdas.contracts import BY_TABLE
from lambdas.lake.layout import LIVE
from lambdas.lake.objects import LakeBucket
from lambdas.publish.parquet import render
from lambdas.publish.protocol import Publisher, Slot, generation_shown
from lambdas.publish.tables import read_gold, read_stored
from tests.publishing import row, table

if TYPE_CHECKING:
    from tests.integration.emulator import Emulator

SALES = BY_TABLE["sales"]
SLOT = Slot(LIVE, "sales", "month=2025-03", 0)
BUCKET = "publish-races"
RIVALS = 6


@pytest.fixture
def lake(emulator: Emulator) -> LakeBucket:
    client = boto3.client("s3", **emulator.client)
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return LakeBucket(client, BUCKET)


def generations(lake: LakeBucket, key: str) -> list[int]:
    """The generations of all versions of an object, newest first."""
    versions = lake.client.list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]
    return [read_stored(SALES, lake.get(key, each["VersionId"]).body).number for each in versions]


def test_rivals_in_threads_lose_no_row_and_leave_gold_at_the_newest_state(
    lake: LakeBucket,
) -> None:
    def publish(rival: int) -> int:
        own = [row(SALES, 100 + rival, 1), row(SALES, 1, 1 + rival)]
        return Publisher(lake, render, attempts=40).publish(SLOT, table(SALES, own)).generation

    with ThreadPoolExecutor(RIVALS) as pool:
        seen = list(pool.map(publish, range(RIVALS)))
    state = read_stored(SALES, lake.get(SLOT.state_key).body)
    newest = row(SALES, 1, RIVALS)
    own = [row(SALES, 100 + rival, 1) for rival in range(RIVALS)]
    assert state.table.to_pylist() == [newest, *own]
    assert sorted(seen) == list(range(1, RIVALS + 1))
    assert generations(lake, SLOT.state_key) == list(range(RIVALS, 0, -1))
    gold = lake.get(SLOT.gold_key)
    assert generation_shown(gold) == read_gold(SALES, gold.body).number == RIVALS


def test_a_range_of_an_object_that_was_replaced_is_refused(lake: LakeBucket) -> None:
    key = "gold/ranged"
    etag = lake.put(key, b"old bytes")

    def read(wanted: str) -> bytes:
        answer = lake.client.get_object(Bucket=BUCKET, Key=key, IfMatch=etag, Range=wanted)
        return answer["Body"].read()

    assert read("bytes=0-3") == b"old "
    lake.put(key, b"new bytes", if_match=etag)
    with pytest.raises(ClientError, match=r"412|PreconditionFailed"):
        read("bytes=4-8")
