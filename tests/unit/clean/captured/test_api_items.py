"""What the API writes is what clean takes in: every entity's item goes through, value by value."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from lambdas.api import entities, images
from lambdas.clean.captured.entities import CONTRACT_OF
from lambdas.lake.documents import RecordCounts
from tests.stream import SOLD_AT, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.clean.captured.transform import Cleaned

PRICE = Decimal("1.5E+2")  # an odd spelling of 150.00, as arithmetic on decimals may leave it
LINE: dict[str, Any] = {
    "line_no": 1,
    "item_id": 2,
    "vendor_id": 3,
    "qty": 4,
    "unit_price": PRICE,
    "total_price": 4 * PRICE,
}
CUSTOMER = entities.Customer(
    customer_id=1, first_name="Ada", last_name="Lovelace", email="a@b.c", joined_at=SOLD_AT
)
VENDOR = entities.Vendor(vendor_id=1, vendor_name="Shop", region="EU", joined_at=SOLD_AT)
CATEGORY = entities.Category(category_id=1, category_name="General", deleted=True)
ITEM = entities.Item(
    item_id=1, vendor_id=2, item_name="Lamp", category=3, price=PRICE, updated_at=SOLD_AT, stock=0
)
CART = entities.Cart(
    customer_id=1, rev=2, lines=(entities.CartLine(**LINE),), lines_ever=3, updated_at=SOLD_AT
)
ORDER = entities.Order(
    transaction_id="0190a1b2-0000-7000-8000-000000000000",
    customer_id=1,
    sold_at=SOLD_AT,
    lines=(entities.OrderLine(**LINE, category_id=5),),
)
WRITTEN = {
    "customer": images.image_of(entities.Ref("customer", 1), CUSTOMER),
    "vendor": images.image_of(entities.Ref("vendor", 1), VENDOR),
    "category": images.image_of(entities.Ref("category", 1), CATEGORY),
    "item": images.image_of(entities.Ref("item", 1), ITEM),
    "cart": images.cart_image(CART),
    "transaction": images.order_image(ORDER),
}


@pytest.mark.parametrize("entity", CONTRACT_OF)
def test_every_item_of_the_api_is_accepted(cleaned: Callable[..., Cleaned], entity: str) -> None:
    outcome = cleaned(record(WRITTEN[entity]))
    assert outcome.counts == RecordCounts(1, accepted=1), outcome.rejected


def test_money_arrives_as_it_was_meant(cleaned: Callable[..., Cleaned]) -> None:
    (accepted,) = cleaned(record(WRITTEN["transaction"])).accepted
    (row,) = pq.read_table(accepted.path).to_pylist()
    assert (row["unit_price"], row["total_price"]) == (Decimal("150.00"), Decimal("600.00"))


def test_a_deleted_category_arrives_as_deleted(cleaned: Callable[..., Cleaned]) -> None:
    (accepted,) = cleaned(record(WRITTEN["category"])).accepted
    found: list[dict[str, Any]] = pq.read_table(accepted.path).to_pylist()
    assert [(row["category_id"], row["deleted"]) for row in found] == [(1, True)]
