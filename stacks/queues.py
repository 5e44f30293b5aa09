"""Queues: what is put into them, how long it waits, and how a function takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Names
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

ATTEMPTS = 5
"""How often a message is taken before it goes to the dead letters."""
KEPT_DAYS = 14
"""The longest that SQS keeps messages."""
HIDDEN_TIMEOUTS = 6
"""For how many timeouts of its function a taken message is hidden, as AWS advises."""
TAKES = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""As AWS's own policy for such mappings has it; CDK's `SqsEventSource` grants more."""


def add_queue(
    scope: Construct, name: str, *, timeout: int, dead_letters: sqs.Queue | None = None
) -> sqs.Queue:
    """A queue for a function of this timeout, in seconds; without dead letters it is for them."""
    return sqs.Queue(
        scope,
        name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(KEPT_DAYS),
        visibility_timeout=Duration.seconds(HIDDEN_TIMEOUTS * timeout),
        dead_letter_queue=(
            sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=ATTEMPTS)
            if dead_letters
            else None
        ),
    )


def announce_objects(
    scope: Construct,
    name: str,
    *,
    of: tuple[s3.Bucket, Iterable[str]],
    to: sqs.Queue,
    dead_letters: sqs.Queue,
    description: str,
) -> events.Rule:
    """Sends an event to the queue for every object version created in a bucket, under prefixes."""
    bucket, prefixes = of
    return events.Rule(
        scope,
        name,
        description=description,
        event_pattern=events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={
                "bucket": {"name": [bucket.bucket_name]},
                "object": {"key": [{"prefix": prefix} for prefix in prefixes]},
            },
        ),
        targets=[targets.SqsQueue(to, dead_letter_queue=dead_letters)],
    )


def take_messages(
    function: lambda_.Function,
    queue: sqs.Queue,
    *,
    batch_size: int,
    max_concurrency: int,
    window: Duration | None = None,
    report_failures: bool = False,
) -> None:
    """Invokes the function with batches of messages, gathered for `window` if there is one.

    The mapping is called as `SqsEventSource` calls it, so that a deployment keeps the one that it
    has: Lambda refuses two from one queue to one function.
    """
    function.add_to_role_policy(
        iam.PolicyStatement(actions=list(TAKES), resources=[queue.queue_arn])
    )
    function.add_event_source_mapping(
        f"SqsEventSource:{Names.node_unique_id(queue.node)}",
        event_source_arn=queue.queue_arn,
        batch_size=batch_size,
        max_batching_window=window,
        report_batch_item_failures=report_failures,
        max_concurrency=max_concurrency,
    )
