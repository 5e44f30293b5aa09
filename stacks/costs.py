"""What a deployment costs a day, as metric math over the usage that CloudWatch has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from lambdas.contracts.operational import INDEXES
from stacks.metrics import metric
from stacks.prices import PRICES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aws_cdk import aws_dynamodb as dynamodb

    from stacks.functions import Made
    from stacks.pipeline import PipelineStack
    from stacks.settings import Settings
    from stacks.shop import ShopStack

DAY = Duration.days(1)
TRANSITIONS_PER_STEP = 2
"""A step of the promotion enters its task and, if it is one of a map's, a child's beginning."""
BYTES_PER_GB = 2**30
MIB_PER_GB = 1024
DAYS_PER_MONTH = 30


def per_day(
    settings: Settings, shop: ShopStack, pipeline: PipelineStack
) -> list[cloudwatch.IMetric]:
    """USD by day and service. Not in it: see `LEFT_OUT`."""
    made = {**shop.functions.made, **pipeline.functions.made}
    steps = [pipeline.functions.made[name] for name in pipeline.promotion.functions]
    return [
        _functions(made),
        _tables({"shop": shop.table, "control": pipeline.control}),
        _costs(
            "API requests",
            {
                "requests": (
                    metric("AWS/ApiGateway", "Count", "Sum", DAY, ApiId=shop.api.api_id),
                    PRICES["requests"].each,
                )
            },
        ),
        _costs(
            "Step Functions",
            {
                f"step{number}": (
                    each.function.metric_invocations(period=DAY, statistic="Sum"),
                    PRICES["transitions"].each * TRANSITIONS_PER_STEP,
                )
                for number, each in enumerate(steps)
            },
        ),
        _costs(
            "S3 storage",
            {
                "bytes": (
                    metric(
                        "AWS/S3",
                        "BucketSizeBytes",
                        "Average",
                        DAY,
                        BucketName=pipeline.lake.bucket.bucket_name,
                        StorageType="StandardStorage",
                    ),
                    PRICES["lake_gb"].each / BYTES_PER_GB / DAYS_PER_MONTH,
                )
            },
        ),
        *(_warehouse(settings) if settings.warehouse else []),
    ]


def standing(alarms: int, metrics: int, keys: int) -> float:
    """USD a month for what does not grow with traffic; most metrics cost nothing without any."""
    return (
        alarms * PRICES["alarms"].each
        + metrics * PRICES["metrics"].each
        + keys * PRICES["keys"].each
    )


LEFT_OUT = (
    "requests to S3 and KMS, logs, traces, EventBridge, SQS, backups, Athena's scans, data "
    "transfer, reads of DynamoDB's indexes, free tiers and taxes"
)


def _functions(made: Mapping[str, Made]) -> cloudwatch.MathExpression:
    parts = {}
    for number, each in enumerate(made.values()):
        gb = each.room.memory / MIB_PER_GB
        parts[f"time{number}"] = (
            each.function.metric_duration(period=DAY, statistic="Sum"),
            gb / 1000 * PRICES["gb_seconds"].each,
        )
        parts[f"calls{number}"] = (
            each.function.metric_invocations(period=DAY, statistic="Sum"),
            PRICES["invocations"].each,
        )
    return _costs("Lambda", parts)


def _tables(tables: Mapping[str, dynamodb.Table]) -> cloudwatch.MathExpression:
    """A write to an index is counted apart from its table's; reads of indexes are left out."""
    parts: dict[str, tuple[cloudwatch.IMetric, float]] = {}
    for name, table in tables.items():
        parts[f"{name}writes"] = (
            table.metric_consumed_write_capacity_units(period=DAY, statistic="Sum"),
            PRICES["write_units"].each,
        )
        parts[f"{name}reads"] = (
            table.metric_consumed_read_capacity_units(period=DAY, statistic="Sum"),
            PRICES["read_units"].each,
        )
    for number, index in enumerate(INDEXES):
        parts[f"index{number}"] = (
            metric(
                "AWS/DynamoDB",
                "ConsumedWriteCapacityUnits",
                "Sum",
                DAY,
                TableName=tables["shop"].table_name,
                GlobalSecondaryIndexName=index.name,
            ),
            PRICES["write_units"].each,
        )
    return _costs("DynamoDB", parts)


def _warehouse(settings: Settings) -> Iterable[cloudwatch.MathExpression]:
    yield _costs(
        "Redshift",
        {
            "rpu": (
                metric(
                    "AWS/Redshift-Serverless",
                    "ComputeSeconds",
                    "Sum",
                    DAY,
                    Workgroup=settings.warehouse_workgroup,
                ),
                PRICES["rpu_seconds"].each,
            )
        },
    )


def _costs(
    label: str, parts: Mapping[str, tuple[cloudwatch.IMetric, float]]
) -> cloudwatch.MathExpression:
    """The sum of usage times price; what was not used that day counts as nothing."""
    terms = [f"FILL({name}, 0) * {price:.12f}" for name, (_, price) in parts.items()]
    return cloudwatch.MathExpression(
        expression=" + ".join(terms),
        using_metrics={name: usage for name, (usage, _) in parts.items()},
        label=label,
        period=DAY,
    )
