"""Some fifteen hundred requests made up from the document: none breaks the API or its word."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.api.app import application
from lambdas.api.openapi.examples import TRANSACTION
from tests.documented import operations
from tests.fake_table import FakeTable
from tests.fuzzing.gateway import ADMIN, Gateway, served
from tests.fuzzing.hooks import STOCKED
from tests.fuzzing.run import fuzz
from tests.shop import IDENTIFIED, FakeClock, OwnEventResolver, Shop, line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES_TRANSACTION = TRANSACTION[:-4]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Before the API with identities, over a market in which there is something to ask for."""
    table = FakeTable()
    stock(Shop(table))
    ids = (f"{EXAMPLES_TRANSACTION}{number:04}" for number in count())
    shop = Shop(table, IDENTIFIED, now=FakeClock(), new_id=ids.__next__)
    api = application(OwnEventResolver(), shop.market, shop.sold.append, identified=True)
    with served(lambda event: api(event, None)) as gateway:
        yield gateway


def stock(shop: Shop) -> None:
    """What the document's examples and the hooks' ids refer to."""
    for number in range(STOCKED):
        customer, vendor = shop.customer(f"{number}@example.com"), shop.vendor()
        item = shop.item(vendor, "12.00", stock=1000)
        shop.fill(customer, line(item, vendor, 2, "12.00"))


def test_no_request_breaks_the_api_or_its_document(gateway: Gateway, tmp_path: Path) -> None:
    fuzz(gateway.url, ADMIN, tmp_path, "--max-examples=5")
    assert [asked for asked in gateway.answered if asked[2] >= 500] == []
    assert [
        name for name, statuses in by_operation(gateway).items() if not min(statuses) < 300
    ] == []


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [(500, "{}", "Server error"), (200, '{"status": 1}', "Response violates schema")],
)
def test_an_api_that_breaks_its_word_is_found_out(
    gateway: Gateway, tmp_path: Path, status: int, body: str, found: str
) -> None:
    good = gateway.answer

    def broken(event: dict[str, Any]) -> dict[str, Any]:
        answer = good(event)
        is_health = event["rawPath"] == "/health"
        return {**answer, "statusCode": status, "body": body} if is_health else answer

    gateway.answer = broken
    with pytest.raises(AssertionError, match=found):
        fuzz(gateway.url, ADMIN, tmp_path, "--include-operation-id=health", "--phases=fuzzing")


def by_operation(gateway: Gateway) -> dict[str, Counter[int]]:
    """Answers of each documented operation by status."""
    found = {}
    for path, methods in operations():
        for method in methods:
            statuses: Counter[int] = Counter()
            for (asked, place, status), times in gateway.answered.items():
                if asked == method.upper() and path.fullmatch(place.rstrip("/")):
                    statuses[status] += times
            found[f"{method} {path.pattern}"] = statuses
    return found
