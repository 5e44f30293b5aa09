"""The policies of people's roles: the lake by prefix, its key, queries, runs, the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_iam as iam

from stacks.people.table import access

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import aws_stepfunctions as sfn

    from stacks.lake import LakeStack
    from stacks.people.table import Person

READ = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectTagging",
    "s3:GetObjectVersionTagging",
)
ADD = (
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersionTagging",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
)
DELETE = ("s3:DeleteObject",)
QUERY = (
    "StartQueryExecution",
    "StopQueryExecution",
    "GetQueryExecution",
    "BatchGetQueryExecution",
    "ListQueryExecutions",
    "GetQueryResults",
    "GetWorkGroup",
)
CATALOGUE = (
    "GetDatabase",
    "GetTable",
    "GetTables",
    "GetPartition",
    "GetPartitions",
    "BatchGetPartition",
)
RUNS = ("StartExecution", "ListExecutions", "DescribeStateMachine")
ONE_RUN = (
    "DescribeExecution",
    "GetExecutionHistory",
    "StopExecution",
    "RedriveExecution",
    "ListMapRuns",
)


def in_the_lake(person: Person, lake: LakeStack) -> Iterator[iam.PolicyStatement]:
    """Objects and listings, by prefix, and the key that they are encrypted under."""
    zones = access(person)
    for actions, prefixes in (
        (READ, _outermost([*zones])),
        (ADD, [prefix for prefix, may in zones.items() if may.adds]),
        (DELETE, [prefix for prefix, may in zones.items() if may.deletes]),
    ):
        objects = [lake.bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes]
        yield iam.PolicyStatement(actions=list(actions), resources=objects)
    # A grant on the bucket would list all of it: the prefix that is asked for must be a zone's.
    yield iam.PolicyStatement(
        actions=["s3:ListBucket", "s3:ListBucketVersions"],
        resources=[lake.bucket.bucket_arn],
        conditions={"StringLike": {"s3:prefix": [f"{each}*" for each in _outermost([*zones])]}},
    )
    yield iam.PolicyStatement(
        actions=["s3:GetBucketLocation"], resources=[lake.bucket.bucket_arn]
    )  # Athena asks before it writes results
    yield _key_through_s3(lake)


def _outermost(prefixes: list[str]) -> list[str]:
    """Without those that lie in another: a statement says nothing twice."""
    return [
        prefix
        for prefix in prefixes
        if not any(prefix != other and prefix.startswith(other) for other in prefixes)
    ]


def _key_through_s3(lake: LakeStack) -> iam.PolicyStatement:
    """Only S3 may use the key for them, and only for this bucket.

    With bucket keys the context is the bucket's ARN, not the object's: which objects, the
    statements on S3 say.
    """
    return iam.PolicyStatement(
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=[lake.key.key_arn],
        conditions={
            "StringEquals": {
                "kms:ViaService": f"s3.{Aws.REGION}.amazonaws.com",
                "kms:EncryptionContext:aws:s3:arn": lake.bucket.bucket_arn,
            }
        },
    )


def of_queries(stack: Stack, workgroup: str, database: str) -> Iterator[iam.PolicyStatement]:
    """Athena in one workgroup, over one database.

    Athena reads S3 with the permissions of whoever asks: what the zones refuse, no query gets.
    """
    yield iam.PolicyStatement(
        actions=[f"athena:{each}" for each in QUERY],
        resources=[
            stack.format_arn(service="athena", resource="workgroup", resource_name=workgroup)
        ],
    )
    yield iam.PolicyStatement(
        actions=[f"glue:{each}" for each in CATALOGUE],
        resources=[
            stack.format_arn(service="glue", resource="catalog"),
            stack.format_arn(service="glue", resource="database", resource_name=database),
            stack.format_arn(service="glue", resource="table", resource_name=f"{database}/*"),
        ],
    )
    # Names of workgroups, for the console's menu; it knows no resources.
    yield iam.PolicyStatement(actions=["athena:ListWorkGroups"], resources=["*"])


def of_runs(stack: Stack, machine: sfn.IStateMachine, name: str) -> Iterator[iam.PolicyStatement]:
    """Starting, redriving, stopping and looking at runs of the promotion, `name`."""
    yield iam.PolicyStatement(
        actions=[f"states:{each}" for each in RUNS], resources=[machine.state_machine_arn]
    )
    yield iam.PolicyStatement(
        actions=[f"states:{each}" for each in ONE_RUN],
        resources=[
            stack.format_arn(
                service="states",
                resource="execution",
                resource_name=f"{name}:*",
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )
        ],
    )
