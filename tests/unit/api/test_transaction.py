"""The conditions of a sale, each alone: what fails one writes nothing of the sale."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.api.dynamo import DynamoTable
from lambdas.api.entities import Cart, CartLine, Claim, Item, Order, OrderLine, Sale
from lambdas.api.errors import StaleStateError
from lambdas.api.transaction import operations
from lambdas.contracts import MAX_CART_LINES
from tests.shop import TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = 1_742_212_800
PRICE = Decimal("19.99")
OPERATIONS_IN_A_TRANSACTION = 100

LAMP = Item(
    item_id=1, vendor_id=1, item_name="Lamp", category=1, price=PRICE, updated_at="", stock=5
)
RUG = replace(LAMP, item_id=2, stock=None)
CLAIM = Claim(scope="user:1", key="k", fingerprint="f", answer={"id": "a"}, expires_at=NOW + 60)


def cart_of(*items: Item, rev: int = 1) -> Cart:
    lines = tuple(
        CartLine(
            line_no=number,
            item_id=item.item_id,
            vendor_id=1,
            qty=2,
            unit_price=PRICE,
            total_price=2 * PRICE,
        )
        for number, item in enumerate(items, start=1)
    )
    return Cart(customer_id=1, rev=rev, lines=lines, lines_ever=len(lines), updated_at="")


def sale_of(cart: Cart, *items: Item, claim: Claim | None = CLAIM, enforced: bool = True) -> Sale:
    lines = tuple(
        OrderLine(
            line_no=line.line_no,
            item_id=line.item_id,
            vendor_id=line.vendor_id,
            category_id=1,
            qty=line.qty,
            unit_price=line.unit_price,
            total_price=line.total_price,
        )
        for line in cart.lines
    )
    return Sale(
        order=Order(transaction_id="t", customer_id=1, sold_at="now", lines=lines),
        cart=cart,
        items={item.item_id: item for item in items},
        claim=claim,
        now=NOW,
        price_enforced=enforced,
    )


@pytest.fixture
def table(client: DynamoDBClient) -> DynamoTable:
    table = DynamoTable(client, TABLE)
    table.add_item(LAMP)
    table.add_item(RUG)
    table.put_cart(cart_of(LAMP, RUG))
    return table


SALE = sale_of(cart_of(LAMP, RUG), LAMP, RUG)


def contents(table: DynamoTable) -> list[Any]:
    images = table.client.scan(TableName=table.name)["Items"]
    return sorted(images, key=lambda image: image["PK"]["S"])


def claim_until(table: DynamoTable, expires_at: int) -> None:
    """Another sale of the customer has claimed the key."""
    earlier = replace(
        sale_of(cart_of(RUG, rev=1), RUG, claim=replace(CLAIM, expires_at=expires_at)),
        order=replace(SALE.order, transaction_id="earlier"),
    )
    table.place(earlier)


def test_a_sale_that_nothing_speaks_against_is_written_whole(table: DynamoTable) -> None:
    table.place(SALE)
    assert table.order("t") == SALE.order
    sold = replace(LAMP, stock=3, moves=1)
    assert table.found([LAMP.ref, RUG.ref]) == {LAMP.ref: sold, RUG.ref: RUG}
    assert table.cart(1) == SALE.cart.replaced_by((), "now")
    assert table.claim("user:1", "k") == CLAIM


@pytest.mark.parametrize(
    "sale",
    [
        pytest.param(sale_of(cart_of(LAMP, RUG, rev=2), LAMP, RUG), id="cart of another rev"),
        pytest.param(sale_of(cart_of(LAMP, RUG), replace(LAMP, rev=2), RUG), id="item changed"),
        pytest.param(
            sale_of(cart_of(LAMP, RUG), replace(LAMP, price=Decimal(5)), RUG), id="price changed"
        ),
        pytest.param(
            sale_of(cart_of(LAMP, RUG), replace(LAMP, stock=None), RUG), id="tracked by now"
        ),
        pytest.param(
            sale_of(cart_of(LAMP, RUG), LAMP, replace(RUG, stock=9)), id="no longer tracked"
        ),
        pytest.param(sale_of(cart_of(*[LAMP] * 3), LAMP), id="more pieces than there are"),
        pytest.param(
            sale_of(cart_of(replace(RUG, item_id=3)), replace(RUG, item_id=3)), id="no such item"
        ),
    ],
)
def test_a_sale_of_what_is_not_so_writes_nothing(table: DynamoTable, sale: Sale) -> None:
    before = contents(table)
    with pytest.raises(StaleStateError):
        table.place(sale)
    assert contents(table) == before


def test_a_price_that_is_not_enforced_is_no_condition(table: DynamoTable) -> None:
    read_long_ago = replace(LAMP, price=Decimal(5))
    table.place(sale_of(cart_of(LAMP), read_long_ago, enforced=False))
    assert table.order("t") is not None


def test_a_key_that_is_claimed_is_a_condition_of_its_own(table: DynamoTable) -> None:
    claim_until(table, NOW + 1)
    table.put_cart(cart_of(LAMP, rev=3))
    before = contents(table)
    with pytest.raises(StaleStateError):
        table.place(sale_of(cart_of(LAMP, rev=3), LAMP))
    assert contents(table) == before


def test_a_claim_that_has_expired_is_overwritten(table: DynamoTable) -> None:
    claim_until(table, NOW)
    table.put_cart(cart_of(LAMP, rev=3))
    table.place(sale_of(cart_of(LAMP, rev=3), LAMP))
    assert table.claim("user:1", "k") == CLAIM


def test_an_order_is_written_once(table: DynamoTable) -> None:
    table.place(SALE)
    table.put_cart(cart_of(RUG, rev=3))
    with pytest.raises(StaleStateError):
        table.place(sale_of(cart_of(RUG, rev=3), RUG, claim=None))
    assert table.order("t") == SALE.order


def test_the_fullest_cart_fits_one_transaction() -> None:
    items = [replace(LAMP, item_id=number) for number in range(1, MAX_CART_LINES + 1)]
    steps = operations(TABLE, sale_of(cart_of(*items), *items))
    assert len(steps) == MAX_CART_LINES + 3 <= OPERATIONS_IN_A_TRANSACTION
