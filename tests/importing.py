"""A vendor who sends files and a function that takes them, with accidents on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from lambdas.api.dynamo import DynamoTable
from lambdas.api.images import item_from
from lambdas.api.import_table import DynamoImports
from lambdas.api.imports import ImportId
from lambdas.api.registry import Registry
from lambdas.imports.shelf import DynamoShelf
from lambdas.imports.step import STRETCH, Importer
from tests.shop import TABLE, FakeClock, Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from lambdas.api.entities import Item
    from lambdas.api.imports import Import


class KilledError(BaseException):
    """The function ends here, without a word: nothing catches it."""


@dataclass
class Vendor:
    """One vendor's imports, over a table and a fake lake."""

    client: DynamoDBClient
    clock: FakeClock = field(default_factory=FakeClock)
    workers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.shop = Shop(
            DynamoTable(self.client, TABLE),
            now=self.clock,
            retry=self.clock.retry(),
            records=DynamoImports(self.client, TABLE),
        )
        self.id = self.shop.vendor()

    def send(self, body: str | bytes, kind: str = "text/csv", **headers: str) -> ImportId:
        reply = self.shop.upload(self.id, body, kind, **headers)
        assert reply.status == 202, reply
        return ImportId.parse(reply.body["id"])

    def importer(self, stretch: int = STRETCH) -> Importer:
        table = DynamoTable(self.client, TABLE)
        return Importer(
            records=DynamoImports(self.client, TABLE),
            lake=self.shop.lake,
            shelf=DynamoShelf(table),
            registry=Registry(table, self.clock, self.clock.retry()),
            now=self.clock,
            retry=self.clock.retry(),
            worker=f"worker {next(self.workers)}",
            stretch=stretch,
        )

    def take(self, import_id: ImportId, stretch: int = STRETCH) -> Import:
        return self.importer(stretch).run(import_id, lambda: True)

    def imported(self, body: str | bytes, kind: str = "text/csv", **headers: str) -> Import:
        return self.take(self.send(body, kind, **headers))

    def status(self, import_id: ImportId) -> dict[str, Any]:
        reply = self.shop.get(f"/imports/{import_id}")
        assert reply.status == 200, reply
        return reply.body

    def items(self) -> dict[str, Item]:
        """By name; the names of a test's items are distinct."""
        pages = self.client.get_paginator("scan").paginate(TableName=TABLE)
        images = [image for page in pages for image in page["Items"]]
        items = [item_from(image) for image in images if image["entity"] == {"S": "item"}]
        assert len({item.item_name for item in items}) == len(items), items
        return {item.item_name: item for item in items}


def killed_at(client: DynamoDBClient, call: int, *, before: bool) -> Callable[[], None]:
    """Ends the function at its nth call of DynamoDB, before or after it was carried out.

    Returns what takes the trap away.
    """
    calls = count(1)
    event = "before-call.dynamodb" if before else "after-call.dynamodb"

    def trap(**_: Any) -> None:
        if next(calls) == call:
            raise KilledError

    client.meta.events.register(event, trap)
    return lambda: client.meta.events.unregister(event, trap)
