"""The use cases, wired to a table, a clock, ids and chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from lambdas.api.carts import Carts, nobody
from lambdas.api.catalogue import Catalogue
from lambdas.api.changes import Changes
from lambdas.api.checkout import Checkouts
from lambdas.api.clock import Clock, IdFactory, Retry, utc_now, uuid7_factory
from lambdas.api.dynamo import DynamoTable
from lambdas.api.import_table import DynamoImports
from lambdas.api.imports import Imports, VendorFiles
from lambdas.api.registry import Registry
from lambdas.lake.objects import LakeBucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.api.entities import Cart
    from lambdas.api.ports import OperationalTable
    from lambdas.api.settings import ApiSettings

CLIENT = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""A call that hangs gives up long before API Gateway's 30 seconds."""


@dataclass(frozen=True)
class Market:
    table: OperationalTable
    registry: Registry
    changes: Changes
    catalogue: Catalogue
    carts: Carts
    checkouts: Checkouts
    imports: Imports

    @classmethod
    def over(
        cls,
        table: OperationalTable,
        settings: ApiSettings,
        *,
        files: VendorFiles,
        now: Clock,
        new_id: IdFactory,
        retry: Retry,
        carted: Callable[[Cart, Cart], None] = nobody,
    ) -> Market:
        registry = Registry(table, now, retry)
        return cls(
            table=table,
            registry=registry,
            changes=Changes(table, registry, now, retry),
            catalogue=Catalogue(table, registry, retry),
            carts=Carts(table, now, retry, carted),
            checkouts=Checkouts(
                table,
                now,
                new_id,
                retry,
                prices_enforced=settings.prices_enforced,
                remember=settings.idempotency,
            ),
            imports=Imports(
                files,
                registry,
                now,
                new_id,
                retry,
                remember=settings.idempotency,
                keep=settings.imports_kept,
            ),
        )

    @classmethod
    def on_aws(cls, settings: ApiSettings, carted: Callable[[Cart, Cart], None] = nobody) -> Market:
        client = boto3.client("dynamodb", config=CLIENT)
        lake = cache(lambda: LakeBucket(boto3.client("s3", config=CLIENT), settings.lake_bucket))
        return cls.over(
            DynamoTable(client, settings.table_name),
            settings,
            files=VendorFiles(DynamoImports(client, settings.table_name), lake),
            now=utc_now,
            new_id=uuid7_factory(utc_now),
            retry=Retry(),
            carted=carted,
        )
