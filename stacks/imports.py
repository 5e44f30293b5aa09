"""Bulk imports: a file that the API has put under imports/ -> a queue -> items in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lambdas.lake.layout import IMPORTS, QUARANTINE
from stacks.access import allow_prefixes
from stacks.functions import Room
from stacks.promotion import READ, WRITE
from stacks.queues import take_messages

if TYPE_CHECKING:
    from stacks.functions import Functions
    from stacks.lake import LakeStack
    from stacks.shop import ShopStack

IMPORT = Room(handler="imports.handler", bundle="api", rooms=["imports"], memory=1769, timeout=120)
IMPORTS_AT_ONCE = 5
ATTEMPTS = 5


class Imports(Construct):
    """Queue, rule and function; what the function gives up waits in a queue of its own."""

    def __init__(
        self,
        scope: Construct,
        *,
        lake: LakeStack,
        shop: ShopStack,
        functions: Functions,
    ) -> None:
        super().__init__(scope, "Imports")
        self.dead_letters = self._queue("VendorFileDeadLetters", None)
        queue = self._queue(
            "VendorFiles", sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=ATTEMPTS)
        )
        events.Rule(
            self,
            "VendorFileCreated",
            description="Every file that a vendor has sent is to be imported",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [lake.bucket.bucket_name]},
                    "object": {"key": [{"prefix": IMPORTS}]},
                },
            ),
            targets=[targets.SqsQueue(queue, dead_letter_queue=self.dead_letters)],
        )
        self.function = functions.add(
            "Import",
            IMPORT,
            {
                "LAKE_BUCKET": lake.bucket.bucket_name,
                "TABLE_NAME": shop.table.table_name,
                "QUEUE_URL": queue.queue_url,
            },
        )
        allow_prefixes(self.function, lake, {IMPORTS: (READ,), f"{QUARANTINE}{IMPORTS}": (WRITE,)})
        shop.allow_offering(self.function)
        queue.grant(self.function, "sqs:SendMessage")
        take_messages(self.function, queue, batch_size=1, max_concurrency=IMPORTS_AT_ONCE)
        _let_it_go_on(self.function)

    def _queue(self, name: str, dead_letters: sqs.DeadLetterQueue | None) -> sqs.Queue:
        return sqs.Queue(
            self,
            name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            visibility_timeout=Duration.seconds(6 * IMPORT.timeout),
            dead_letter_queue=dead_letters,
        )


def _let_it_go_on(function: lambda_.Function) -> None:
    """Near its timeout the function sends itself the rest of a file.

    Lambda takes that for a loop that never ends, unless told; this one ends, since every invocation
    gets further.
    """
    resource = cast("lambda_.CfnFunction", function.node.default_child)
    resource.recursive_loop = "Allow"
