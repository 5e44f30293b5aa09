"""Bulk imports: a file that the API has put under imports/ -> a queue -> items in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from constructs import Construct

from lambdas.lake.layout import IMPORTS, QUARANTINE
from stacks.access import allow_prefixes
from stacks.functions import Room
from stacks.promotion import READ, WRITE
from stacks.queues import add_queue, announce_objects, take_messages

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_

    from stacks.functions import Functions
    from stacks.lake import LakeStack
    from stacks.shop import ShopStack

IMPORT = Room(handler="imports.handler", bundle="api", rooms=["imports"], memory=1769, timeout=120)
IMPORTS_AT_ONCE = 5


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
        self.dead_letters = add_queue(self, "VendorFileDeadLetters", timeout=IMPORT.timeout)
        queue = add_queue(
            self, "VendorFiles", timeout=IMPORT.timeout, dead_letters=self.dead_letters
        )
        announce_objects(
            self,
            "VendorFileCreated",
            of=(lake.bucket, [IMPORTS]),
            to=queue,
            dead_letters=self.dead_letters,
            description="Every file that a vendor has sent is to be imported",
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


def _let_it_go_on(function: lambda_.Function) -> None:
    """Near its timeout the function sends itself the rest of a file.

    Lambda takes that for a loop that never ends, unless told; this one ends, since every invocation
    gets further.
    """
    resource = cast("lambda_.CfnFunction", function.node.default_child)
    resource.recursive_loop = "Allow"
