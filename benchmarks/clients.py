"""The API in this process, over a DynamoDB; and a deployed one over HTTPS."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from benchmarks.exercises import BenchmarkError
from lambdas.api.app import application
from lambdas.api.clock import Retry, utc_now, uuid7_factory
from lambdas.api.dynamo import DynamoTable
from lambdas.api.import_table import DynamoImports
from lambdas.api.imports import VendorFiles
from lambdas.api.market import Market
from local.logins import ADMIN, Login
from tests.fakes import FakeLake
from tests.shop import ENFORCED, TABLE, create_table, http_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from benchmarks.exercises import Request
    from local.access import Access

TIMEOUT_SECONDS = 60


@dataclass
class InProcess:
    """The application as its function calls it, without Lambda or HTTP."""

    dynamodb: DynamoDBClient

    def __post_init__(self) -> None:
        create_table(self.dynamodb)
        market = Market.over(
            DynamoTable(self.dynamodb, TABLE),
            ENFORCED,
            files=VendorFiles(DynamoImports(self.dynamodb, TABLE), FakeLake),
            now=utc_now,
            new_id=uuid7_factory(utc_now),
            retry=Retry(),
        )
        self._serve = application(
            APIGatewayHttpResolver(), market, lambda _: None, identified=False
        )

    def send(self, request: Request) -> dict[str, Any]:
        event = http_event(request.method, request.path, request.body, request.headers)
        answer = self._serve(event, None)
        return _expected(request, answer["statusCode"], answer["body"])

    def floor(self) -> None:
        """The least that a route which reads anything does: one item, asked of DynamoDB."""
        key = {"PK": {"S": "CUSTOMER#1"}, "SK": {"S": "CUSTOMER"}}
        self.dynamodb.get_item(TableName=TABLE, Key=key, ConsistentRead=True)


@dataclass
class OverHttps:
    """A deployed API."""

    access: Access
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.auth = Login(self.access, ADMIN)

    def send(self, request: Request) -> dict[str, Any]:
        answer = self.session.request(
            request.method,
            self.access.api_url + request.path,
            json=request.body,
            headers=request.headers,
            verify=self.access.certificate,
            timeout=TIMEOUT_SECONDS,
        )
        return _expected(request, answer.status_code, answer.text)


def _expected(request: Request, status: int, body: str) -> dict[str, Any]:
    if status != request.status:
        raise BenchmarkError(f"{request.method} {request.path} answered {status}: {body[:500]}")
    answer: dict[str, Any] = json.loads(body or "{}")
    return answer
