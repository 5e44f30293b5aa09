"""Routes, methods and problems, apart from what the use cases say."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.fake_table import FakeTable
from tests.shop import Shop, http_event

if TYPE_CHECKING:
    from lambdas.api.entities import Customer


class BrokenTable(FakeTable):
    def customer(self, customer_id: int) -> Customer | None:
        raise RuntimeError(f"secret of customer {customer_id}")


@pytest.mark.parametrize("path", ["/health", "/health/"])
def test_health_answers_with_and_without_a_trailing_slash(path: str) -> None:
    reply = Shop(FakeTable()).get(path)
    assert (reply.status, reply.body) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/", "/nothing", "/customers/1/more", "/transactions"])
def test_an_unknown_route_is_a_404_problem(path: str) -> None:
    reply = Shop(FakeTable()).get(path)
    assert reply.status == reply.body["status"] == 404
    assert reply.body["type"] == "urn:samns-mercado:problem:no-such-route"
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("text", ["\x00", "7\n8", "\ue000", '"', "%", "Zoë"])
def test_a_path_that_holds_what_no_id_could_is_refused_by_its_own_route(text: str) -> None:
    shop = Shop(FakeTable())
    event = http_event("GET", "/vendors/1")
    event["rawPath"] = event["requestContext"]["http"]["path"] = f"/vendors/{text}"
    reply = shop.asked(event)
    assert reply.status == 422
    assert [error["field"] for error in reply.body["errors"]] == ["vendor_id"]


def test_a_method_that_the_route_does_not_know_is_405_and_says_which_are() -> None:
    reply = Shop(FakeTable()).send(http_event("PUT", "/customers/1"))
    assert reply.status == 405
    assert reply.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"


def test_an_unexpected_error_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    reply = Shop(BrokenTable()).get("/customers/1")
    assert reply.status == 500
    assert "secret" not in json.dumps(reply.body)
    assert "secret of customer 1" in caplog.text


@pytest.mark.parametrize("path", ["/transactions/CUSTOMER%231", "/transactions/CUSTOMER#1"])
def test_a_transaction_is_asked_for_by_uuid_only(shop: Shop, path: str) -> None:
    shop.customer()
    event = http_event("GET", "/transactions/x") | {"rawPath": path}
    assert shop.send(event).status == 404


def test_the_stage_in_the_path_is_no_part_of_the_route() -> None:
    event = http_event("GET", "/health") | {"rawPath": "/prod/health/"}
    event["requestContext"] = event["requestContext"] | {"stage": "prod"}
    assert Shop(FakeTable()).send(event).status == 200


LIGHT = """
import json, sys, types
from lambdas.api.handler import count_sale, handle
from lambdas.api.entities import Order, OrderLine
from decimal import Decimal

context = types.SimpleNamespace(
    function_name="api", memory_limit_in_mb=1024, aws_request_id="request",
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:api",
)
event = json.load(sys.stdin)
print(json.dumps([handle(event, context)["statusCode"] for _ in range(2)]))
line = OrderLine(line_no=1, item_id=1, vendor_id=1, category_id=1, qty=2,
                 unit_price=Decimal("9.99"), total_price=Decimal("19.98"))
count_sale(Order(transaction_id="t", customer_id=1, sold_at="2026-03-17T10:00:00.25Z",
                 lines=(line,)))
print(json.dumps([name for name in ("pandas", "pyarrow", "duckdb") if name in sys.modules]))
"""


def test_the_function_starts_light_serves_and_counts_its_start_and_sales() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT],
        input=json.dumps(http_event("GET", "/health")),
        env={"AWS_DEFAULT_REGION": "us-east-1", "TABLE_NAME": "market", "LAKE_BUCKET": "lake"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    start, answers, metrics, heavy = (json.loads(printed) for printed in done.stdout.splitlines())
    assert (start["ColdStarts"], start["service"]) == ([1], "api")
    assert answers == [200, 200]
    assert (metrics["Orders"], metrics["Units"], metrics["Revenue"]) == ([1.0], [2.0], [19.98])
    assert metrics["CheckedOutAt"] == [1773741600.25]
    assert heavy == []


@pytest.mark.parametrize("path", ["/health", "/vendors/1/", "/vendors?limit=1"])
def test_head_answers_as_get_without_a_body(shop: Shop, path: str) -> None:
    shop.vendor()
    asked, read = shop.ask("HEAD", path), shop.get(path)
    assert (asked.status, asked.headers, asked.body) == (200, read.headers, {})
    assert shop.ask("HEAD", "/vendors/9").status == 404


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/health", "GET, HEAD, OPTIONS"),
        ("/inventory/", "GET, HEAD, OPTIONS, POST"),
        ("/cart", "OPTIONS, POST"),
        ("/cart/7", "DELETE, GET, HEAD, OPTIONS"),
        ("/vendors/1/restore", "OPTIONS, POST"),
        ("/inventory/1/stock", "GET, HEAD, OPTIONS, PATCH"),
    ],
)
def test_options_and_405_say_what_is_allowed(path: str, allowed: str) -> None:
    shop = Shop(FakeTable())
    asked, refused = shop.ask("OPTIONS", path), shop.ask("PUT", path)
    assert (asked.status, refused.status) == (204, 405)
    assert asked.headers["Allow"] == refused.headers["Allow"] == allowed
    assert shop.ask("OPTIONS", "/nothing").status == 404
