"""Publishes one delta of a run: an item of the promotion's publish map."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from lambdas.lake.documents import DeltaPart, PublishedPart
from lambdas.lake.layout import RunKeys
from lambdas.lake.objects import LakeBucket
from lambdas.publish.parquet import render
from lambdas.publish.protocol import Publisher, Slot
from lambdas.publish.tables import read_stored
from lambdas.runtime.observe import logger, tracer
from lambdas.runtime.settings import LakeSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def publisher() -> Publisher:
    """One per function instance: the client's connections are kept between invocations."""
    bucket = LakeSettings.from_environment().bucket
    return Publisher(LakeBucket(boto3.client("s3"), bucket), render)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """`{"run", "part": a DeltaPart's fields, "target"}` -> nothing."""
    logger.append_keys(run=event["run"])
    publish_part(publisher(), event["run"], DeltaPart(**event["part"]), event["target"])
    return {}


def publish_part(publisher: Publisher, run: str, part: DeltaPart, target: str) -> PublishedPart:
    """Publishes the delta and leaves what it did under the run's documents."""
    slot = Slot(target, part.table, part.partition, part.bucket)
    delta = read_stored(slot.contract, publisher.store.get(part.key).body).table
    published = publisher.publish(slot, delta)
    done = PublishedPart(part, published.counts, published.generation)
    key = RunKeys(run).published(part.table, part.partition, part.bucket)
    publisher.store.put(key, done.to_json())
    logger.info("published", extra=asdict(done))
    return done
