"""How a function takes messages from a queue, with what Lambda's poller does and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Names
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sqs as sqs

TAKES = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""As AWS's own policy for such mappings has it; CDK's `SqsEventSource` grants more."""


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
