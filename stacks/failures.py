"""Where what was given up goes: records of capture, events of functions that nobody waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

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


@jsii.implements(lambda_.IDestination)
class DeadLetters:
    """A queue for the events that a function gave up; it may send there and no more.

    CDK's own `SqsDestination` lets it look at the queue besides.
    """

    def __init__(self, queue: sqs.Queue) -> None:
        self.queue = queue

    def bind(
        self,
        scope: Construct,  # noqa: ARG002  # the interface's
        fn: lambda_.IFunction,
        *,
        type: lambda_.DestinationType,  # noqa: A002, ARG002  # the interface's
    ) -> lambda_.DestinationConfig:
        fn.add_to_role_policy(
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.queue.queue_arn])
        )
        return lambda_.DestinationConfig(destination=self.queue.queue_arn)
