"""To the API, a customer whose items are marked erased never was."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from lambdas.erase.person import Person
from lambdas.erase.table import Table, go_through
from tests.shop import TABLE, Shop, line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.shop import Reply

ADDRESS = "ada@example.com"


@pytest.fixture
def erased(shop: Shop, client: DynamoDBClient) -> int:
    """A customer who was erased with something in the cart."""
    customer, vendor = shop.customer(ADDRESS), shop.vendor()
    shop.fill(customer, line(shop.item(vendor), vendor))
    table = Table(client, TABLE)
    assert table.mark(customer, rev=0)
    person = Person(customer, frozenset({ADDRESS}))
    assert go_through(table, person, None, lambda: True, erase=True).deleted == 1
    return customer


def test_nobody_is_found_and_nothing_can_be_bought(erased: int, shop: Shop) -> None:
    answers: list[Reply] = [
        shop.get(f"/customers/{erased}"),
        shop.patch(f"/customers/{erased}", {"first_name": "Ada"}),
        shop.delete(f"/customers/{erased}"),
        shop.post(f"/customers/{erased}/restore", If_Match="*"),
        shop.get(f"/cart/{erased}"),
        shop.fill(erased),
        shop.post("/checkout/", {"user_id": erased}),
    ]
    assert [each.status for each in answers] == [404] * 7


def test_no_list_shows_them(erased: int, shop: Shop) -> None:
    assert shop.listed("/customers?first_name=A") == []
    assert shop.listed(f"/customers?email={ADDRESS}") == []
    assert shop.get(f"/customers/{erased}/transactions").status == HTTPStatus.NOT_FOUND


def test_the_address_can_be_registered_anew(erased: int, shop: Shop) -> None:
    assert shop.customer(ADDRESS) > erased
