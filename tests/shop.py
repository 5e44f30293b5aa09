"""A client of the API that calls the application in this process, over any table and clock."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import parse_qsl, urlsplit

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from lambdas.api.app import application
from lambdas.api.carts import nobody
from lambdas.api.clock import Retry, utc_now, uuid7_factory
from lambdas.api.imports import VendorFiles
from lambdas.api.market import Market
from lambdas.api.settings import ApiSettings
from lambdas.contracts.operational import INDEXES, PARTITION_KEY, SORT_KEY
from tests.documented import hold
from tests.fake_imports import FakeImports
from tests.fakes import FakeLake

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeySchemaElementTypeDef

    from lambdas.api.clock import Clock, IdFactory
    from lambdas.api.entities import Cart, Order
    from lambdas.api.imports import ImportRecords
    from lambdas.api.ports import OperationalTable

Answer = TypeVar("Answer")
TABLE = "market"
ENFORCED = ApiSettings(
    TABLE,
    prices_enforced=True,
    idempotency=timedelta(hours=24),
    lake_bucket="lake",
    imports_kept=timedelta(days=90),
    identified=False,
)
"""Without identities: who may ask what is a matter of its own, and tests of all else do without."""
PRICES_OFF = replace(ENFORCED, prices_enforced=False)
IDENTIFIED = replace(ENFORCED, identified=True)


def create_table(client: DynamoDBClient, name: str = TABLE) -> None:
    attributes = {PARTITION_KEY: "S", SORT_KEY: "S"}
    for index in INDEXES:
        attributes |= {index.partition: index.partition_type, index.sort: "S"}
    client.create_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": cast("Any", kind)}
            for attribute, kind in attributes.items()
        ],
        KeySchema=_key(PARTITION_KEY, SORT_KEY),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index.name,
                "KeySchema": _key(index.partition, index.sort),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index in INDEXES
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def _key(partition: str, sort: str) -> list[KeySchemaElementTypeDef]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def http_event(
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
    claims: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """An event of API Gateway's payload version 2; a body that is no string is sent as JSON.

    `claims` are what the JWT authorizer hands on of a token that it has found valid.
    """
    parts = urlsplit(path)
    query: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
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
            **({"authorizer": {"jwt": {"claims": claims, "scopes": []}}} if claims else {}),
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
    carted: Callable[[Cart, Cart], None] = nobody
    lake: FakeLake = field(default_factory=FakeLake)
    records: ImportRecords = field(default_factory=FakeImports)

    @property
    def market(self) -> Market:
        return Market.over(
            self.table,
            self.settings,
            files=VendorFiles(self.records, lambda: self.lake),
            now=self.now,
            new_id=self.new_id,
            retry=self.retry,
            carted=self.carted,
        )

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        serve = application(
            OwnEventResolver(),
            self.market,
            self.sold.append,
            identified=self.settings.identified,
        )
        return serve(event, None)

    def send(self, event: dict[str, Any]) -> Reply:
        answer = self.answer(event)
        headers = {name: str(value) for name, value in answer["headers"].items()}
        return Reply(answer["statusCode"], json.loads(answer["body"] or "{}"), headers)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Headers as keywords: Idempotency_Key="…". The answer must be as the document says."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.asked(http_event(method, path, body, named))

    def asked(self, event: dict[str, Any]) -> Reply:
        """The answer must be as the document says."""
        reply = self.send(event)
        http = event["requestContext"]["http"]
        hold(http["method"], http["path"], reply.status, reply.headers, reply.body)
        return reply

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.ask("POST", path, body, **headers)

    def upload(
        self, vendor_id: int, body: str | bytes, kind: str = "text/csv", **headers: str
    ) -> Reply:
        """A file for POST /imports; bytes as API Gateway hands on what is no text."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"/imports?vendor_id={vendor_id}"
        text = body if isinstance(body, str) else base64.b64encode(body).decode()
        event = http_event("POST", path, text, {**named, "content-type": kind})
        reply = self.send(event | {"isBase64Encoded": isinstance(body, bytes)})
        hold("POST", "/imports", reply.status, reply.headers, reply.body)
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, **headers)

    def patch(self, path: str, body: Any, tag: str = "*") -> Reply:
        """With If-Match; the tag as an answer had it."""
        return self.ask("PATCH", path, body, If_Match=tag)

    def delete(self, path: str, tag: str = "*") -> Reply:
        return self.ask("DELETE", path, If_Match=tag)

    def pages(self, path: str, limit: int = 2) -> list[list[dict[str, Any]]]:
        """All pages of a list, from the first to the one without a next."""
        found, url = [], f"{path}{'&' if '?' in path else '?'}limit={limit}"
        page = self.get(url)
        while True:
            assert page.status == 200, page
            found.append(page.body["results"])
            if page.body["next"] is None:
                return found
            page = self.get(f"{url}&cursor={page.body['next']}")

    def listed(self, path: str, limit: int = 2) -> list[dict[str, Any]]:
        return [each for page in self.pages(path, limit) for each in page]

    def customer(self, email: str = "ada@example.com", first_name: str = "Ada") -> int:
        body = {"first_name": first_name, "last_name": "Lovelace", "email": email}
        return self._made("/customers/", body)

    def vendor(self, name: str = "Samn") -> int:
        return self._made("/vendors/", {"vendor_name": name, "region": "North"})

    def item(
        self,
        vendor_id: int,
        price: str = "19.99",
        stock: int | None = None,
        category: Any = 1,
        name: str = "Lamp",
    ) -> int:
        body = {"item_name": name, "category": category, "price": price, "stock": stock}
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


def in_threads(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """All at once, as far as one interpreter can: every thread waits for the last to be ready."""
    together = Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer:
        together.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
