"""A table in the emulator and the API over it, for many threads that share one client."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, TypeVar

import boto3
from botocore.config import Config

from lambdas.api.clock import Retry
from lambdas.api.dynamo import DynamoTable
from tests.shop import Shop, create_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from lambdas.api.entities import Cart, Sale
    from lambdas.api.images import Image
    from tests.integration.emulator import Emulator

Entity = TypeVar("Entity")
THREADS = 50
RELAXED = Config(max_pool_connections=THREADS, read_timeout=30, connect_timeout=30)
"""The emulator answers one request at a time; fifty at once wait for each other."""


class Witness(DynamoTable):
    """Remembers which lines each rev of a cart was written with, and every sale."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        super().__init__(client, name)
        self.written: list[Cart] = []
        self.sales: list[Sale] = []

    def put_cart(self, cart: Cart) -> None:
        super().put_cart(cart)
        self.written.append(cart)

    def place(self, sale: Sale) -> None:
        super().place(sale)
        self.sales.append(sale)


def dynamodb(emulator: Emulator) -> DynamoDBClient:
    return boto3.client("dynamodb", config=RELAXED, **emulator.client)


def open_shop(client: DynamoDBClient) -> Shop:
    """A shop over a table that no other test knows."""
    name = f"market-{uuid.uuid4().hex[:8]}"
    create_table(client, name)
    return Shop(Witness(client, name), retry=Retry(budget=60))


def stored(shop: Shop, entity: str, read: Callable[[Image], Entity]) -> list[Entity]:
    """All of one kind that the table holds, as `read` makes them of images."""
    table = shop.table
    assert isinstance(table, DynamoTable)
    pages = table.client.get_paginator("scan").paginate(TableName=table.name)
    found = (image for page in pages for image in page["Items"])
    return [read(image) for image in found if image["entity"] == {"S": entity}]
