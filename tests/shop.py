"""A client of the API that calls the application in this process, over any table and clock."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from lambdas.api.app import application
from lambdas.api.clock import Retry, utc_now, uuid7_factory
from lambdas.api.market import Market
from lambdas.api.settings import ApiSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
    from mypy_boto3_dynamodb import DynamoDBClient

    from lambdas.api.clock import Clock, IdFactory
    from lambdas.api.entities import Order
    from lambdas.api.ports import OperationalTable

TABLE = "market"
ENFORCED = ApiSettings(TABLE, prices_enforced=True, idempotency=timedelta(hours=24))
PRICES_OFF = ApiSettings(TABLE, prices_enforced=False, idempotency=timedelta(hours=24))


def create_table(client: DynamoDBClient, name: str = TABLE) -> None:
    client.create_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def http_event(
    method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """An event of API Gateway's payload version 2; a body that is no string is sent as JSON."""
    parts = urlsplit(path)
    query = dict(parse_qsl(parts.query))
    return ({"queryStringParameters": query} if query else {}) | {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": {"content-type": "application/json"}
        | {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": {
            "stage": "$default",
            "requestId": "request",
            "http": {"method": method, "path": parts.path},
        },
        "body": body if isinstance(body, str) or body is None else json.dumps(body, default=float),
        "isBase64Encoded": False,
    }


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


class OwnEventResolver(APIGatewayHttpResolver):
    """Powertools keeps the current event on its class, which threads of one process would share."""

    def _to_proxy_event(self, event: dict[str, Any]) -> APIGatewayProxyEventV2:
        self._own_event: APIGatewayProxyEventV2 = super()._to_proxy_event(event)  # type: ignore[assignment]  # payload 2
        return self._own_event

    @property
    def current_event(self) -> APIGatewayProxyEventV2:  # type: ignore[override]  # shadows it
        return self._own_event


@dataclass
class FakeClock:
    """Stands still until it is told to move; sleeping moves it."""

    moment: datetime = datetime(2025, 3, 17, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def retry(self, budget: float = 8.0) -> Retry:
        """Waits the whole ceiling each time, in no time."""
        return Retry(
            budget=budget, sleep=self.sleep, monotonic=self.monotonic, jitter=lambda wait: wait
        )


@dataclass
class Shop:
    """The API over a table. Safe for threads if the table is: every call has its own resolver."""

    table: OperationalTable
    settings: ApiSettings = ENFORCED
    now: Clock = utc_now
    new_id: IdFactory = field(default_factory=lambda: uuid7_factory(utc_now))
    retry: Retry = field(default_factory=Retry)
    sold: list[Order] = field(default_factory=list)

    @property
    def market(self) -> Market:
        return Market.over(
            self.table, self.settings, now=self.now, new_id=self.new_id, retry=self.retry
        )

    def send(self, event: dict[str, Any]) -> Reply:
        serve = application(OwnEventResolver(), self.market, self.sold.append)
        answer = serve(event, None)
        headers = {name: str(value) for name, value in answer["headers"].items()}
        return Reply(answer["statusCode"], json.loads(answer["body"]), headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        """Headers as keywords: Idempotency_Key="…"."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(http_event("POST", path, body, named))

    def get(self, path: str) -> Reply:
        return self.send(http_event("GET", path))

    def customer(self, email: str = "ada@example.com") -> int:
        return self._made(
            "/customers/", {"first_name": "Ada", "last_name": "Lovelace", "email": email}
        )

    def vendor(self) -> int:
        return self._made("/vendors/", {"vendor_name": "Samn", "region": "North"})

    def item(
        self, vendor_id: int, price: str = "19.99", stock: int | None = None, category: Any = 1
    ) -> int:
        body = {"item_name": "Lamp", "category": category, "price": price, "stock": stock}
        return self._made(f"/inventory/?vendor_id={vendor_id}", body)

    def fill(self, user_id: int, *lines: dict[str, Any]) -> Reply:
        return self.post("/cart/", {"user_id": user_id, "cart": list(lines)})

    def _made(self, path: str, body: dict[str, Any]) -> int:
        reply = self.post(path, body)
        assert reply.status == 201, reply
        return int(reply.body["id"])


def line(item_id: int, vendor_id: int, qty: int = 1, price: str = "19.99") -> dict[str, Any]:
    """A line as clients send it in `cart`."""
    return {
        "item_id": item_id,
        "vendor_id": vendor_id,
        "qty": qty,
        "unit_price": price,
        "total_price": str(qty * Decimal(price)),
    }


def in_threads(calls: list[Callable[[], Reply]]) -> list[Reply]:
    """All at once, as far as one interpreter can: every thread waits for the last to be ready."""
    together = Barrier(len(calls))

    def run(call: Callable[[], Reply]) -> Reply:
        together.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
