"""The function that erases a customer: the only one that may delete versions, and by prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam

from stacks.access import allow_prefixes
from stacks.functions import Room
from stacks.promotion import DELETE, READ, READ_VERSION, WRITE

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_s3 as s3

    from stacks.functions import Functions
    from stacks.lake import LakeStack

ERASE = Room(handler="erase.handler", bundle="lake", rooms=["erase"], memory=3008, timeout=900)
DELETE_VERSION = "s3:DeleteObjectVersion"
EVERYTHING = ""
"""The proof is a search of every version of every object."""


def add_erasure(
    stack: Stack,
    functions: Functions,
    *,
    lake: LakeStack,
    failures: s3.Bucket,
    shop: dynamodb.Table,
    control: dynamodb.Table,
) -> lambda_.Function:
    """`failures` is where capture leaves what it gave up."""
    erase = functions.add(
        "Erase",
        ERASE,
        {
            "LAKE_BUCKET": lake.bucket.bucket_name,
            "FAILURES_BUCKET": failures.bucket_name,
            "TABLE_NAME": shop.table_name,
            "CONTROL_TABLE": control.table_name,
        },
    )
    allow_prefixes(
        erase,
        lake,
        {
            EVERYTHING: (READ, READ_VERSION),
            "raw/": (WRITE, DELETE_VERSION),
            "erasures/": (WRITE,),
            **dict.fromkeys(
                ("cleaned/", "quarantine/", "work/", "gold/", "athena/", "runs/"),
                (DELETE_VERSION,),
            ),
        },
    )
    statements = {
        (lake.bucket.bucket_arn, failures.bucket_arn): ("s3:ListBucket", "s3:ListBucketVersions"),
        (failures.arn_for_objects("*"),): (READ, DELETE),
    }
    for resources, actions in statements.items():
        erase.add_to_role_policy(
            iam.PolicyStatement(actions=list(actions), resources=list(resources))
        )
    iam.Grant.add_to_principal(
        grantee=erase,
        actions=[f"dynamodb:{each}" for each in ("GetItem", "Scan", "PutItem", "DeleteItem")],
        resource_arns=[shop.table_arn],  # not its indexes, which Table.grant would add
    )
    control.grant(erase, "dynamodb:Scan")
    CfnOutput(stack, "EraseFunction", value=erase.function_name)
    return erase
