"""Where capture's mapping puts records that it gave up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3

    from stacks.lake import LakeStack


@jsii.implements(lambda_.IEventSourceDlq)
class CaptureFailures:
    """A bucket as failure destination, with what Lambda needs of it and no more.

    CDK's own `S3OnFailureDestination` lets the function read and delete everything in the bucket.
    """

    def __init__(self, bucket: s3.Bucket, lake: LakeStack) -> None:
        self.bucket = bucket
        self.lake = lake

    def bind(
        self,
        target: lambda_.IEventSourceMapping,  # noqa: ARG002  # the interface's
        target_handler: lambda_.IFunction,
    ) -> lambda_.DlqDestinationConfig:
        target_handler.add_to_role_policy(
            iam.PolicyStatement(
                actions=["s3:PutObject"], resources=[self.bucket.arn_for_objects("*")]
            )
        )
        target_handler.add_to_role_policy(
            iam.PolicyStatement(actions=["s3:ListBucket"], resources=[self.bucket.bucket_arn])
        )
        self.lake.key.grant(target_handler, "kms:GenerateDataKey")
        return lambda_.DlqDestinationConfig(destination=self.bucket.bucket_arn)
