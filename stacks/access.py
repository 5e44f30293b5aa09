"""What a function may do in the lake, by key prefix: no bucket-wide grant, listing only if said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_lambda as lambda_

    from stacks.lake import LakeStack

DECRYPT = "kms:Decrypt"
ENCRYPT = "kms:GenerateDataKey"
LIST, LIST_VERSIONS = "s3:ListBucket", "s3:ListBucketVersions"
READS, WRITES = {"s3:GetObject", "s3:GetObjectVersion"}, {"s3:PutObject"}


def allow_prefixes(
    function: lambda_.Function, lake: LakeStack, access: Mapping[str, Sequence[str]]
) -> None:
    """Allows S3 `actions` under each prefix, and of the lake's key what these need."""
    for prefix, actions in access.items():
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=list(actions), resources=[lake.bucket.arn_for_objects(f"{prefix}*")]
            )
        )
    asked = {action for actions in access.values() for action in actions}
    # Multipart uploads decrypt what they wrote: who only writes must write objects in one piece.
    key = [DECRYPT] if asked & READS else []
    key += [ENCRYPT] if asked & WRITES else []
    function.add_to_role_policy(iam.PolicyStatement(actions=key, resources=[lake.key.key_arn]))


def allow_listing(
    function: lambda_.Function, lake: LakeStack, prefix: str, *, action: str = LIST
) -> None:
    """Allows listing of keys, or of versions by `LIST_VERSIONS`, only under the prefix."""
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=[action],
            resources=[lake.bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": [f"{prefix}*"]}},
        )
    )


def allow_to_miss(function: lambda_.Function, lake: LakeStack) -> None:
    """Lets a reader tell a missing object from a forbidden one.

    S3 answers 404 only to those who may list the bucket, and 403 to all others. A GET carries no
    `s3:prefix`, so that a condition on it would never hold here.
    """
    function.add_to_role_policy(
        iam.PolicyStatement(actions=[LIST], resources=[lake.bucket.bucket_arn])
    )
