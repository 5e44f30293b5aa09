"""What the lake's bucket refuses, whatever a role's policy allows: no careless Allow changes it.

The functions that are excepted are known by the path of their roles, which the deployment's name
and the function's fix: so the lake need not know the pipeline, which knows the lake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from stacks.functions import role_arns

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3

    from stacks.settings import Settings

ERASE = "Erase"
OWNERS = {
    "gold/": ("Publish", "Replay", ERASE),
    "work/state/": ("Publish", "Replay", ERASE),
    "work/delta/": ("Conform", ERASE),
    "work/replay/": ("Publish", ERASE),
}
"""The only functions that change anything there."""
READS = ("s3:Get*", "s3:List*")
DELETES = ("s3:DeleteObject", "s3:DeleteObjectVersion")
GIVEN_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
BROUGHT_KEY = "s3:x-amz-server-side-encryption-customer-algorithm"
AUTO_DELETE = "Custom::S3AutoDeleteObjectsCustomResourceProvider"


def deny(bucket: s3.Bucket, settings: Settings) -> None:
    """Adds the refusals to the bucket's policy."""
    stack = Stack.of(bucket)
    for prefix, owners in OWNERS.items():
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                not_actions=list(READS),
                resources=[bucket.arn_for_objects(f"{prefix}*")],
                conditions=_but(stack, settings, owners),
            )
        )
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=list(DELETES),
            resources=[bucket.arn_for_objects("raw/*")],
            conditions=_but(stack, settings, (ERASE,)),
        )
    )
    _deny_other_keys(bucket)


def _deny_other_keys(bucket: s3.Bucket) -> None:
    """What is encrypted with a key that no function has would fail each run that has to read it.

    An upload that names no key takes the bucket's.
    """
    key = bucket.encryption_key
    assert key is not None  # noqa: S101  # the lake has one
    for conditions in (
        {"Null": {GIVEN_KEY: "false"}, "StringNotEquals": {GIVEN_KEY: key.key_arn}},
        {"Null": {BROUGHT_KEY: "false"}},
    ):
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects("*")],
                conditions=conditions,
            )
        )


def _but(
    stack: Stack, settings: Settings, functions: tuple[str, ...]
) -> dict[str, dict[str, list[str]]]:
    """For everybody but these functions; and, with both keys, but what empties the bucket."""
    arns = [role_arns(settings.name, each) for each in functions]
    if settings.destroy_data:
        arns.append(_emptier(stack))
    return {"ArnNotLike": {"aws:PrincipalArn": arns}}


def _emptier(stack: Stack) -> str:
    """The role of the CDK's function that empties buckets before they are destroyed."""
    provider = stack.node.find_child(AUTO_DELETE)
    arn: str = provider.role_arn  # type: ignore[attr-defined]  # a CustomResourceProviderBase
    return arn
