"""Whatever happens between its steps, a checkout sells a cart once, whole, from what there is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.api.carts import Carts
from lambdas.api.checkout import Checkouts, pieces, settle
from lambdas.api.clock import uuid7_factory
from lambdas.api.entities import Cart, CartLine, Customer, Item, Vendor
from lambdas.api.errors import ContentionError, InvalidRequestError, MarketError
from lambdas.api.idempotency import KeyedRequest
from lambdas.api.models import NewCart
from lambdas.api.requests import checked
from tests.fake_table import FakeTable
from tests.shop import FakeClock

USERS, ITEMS, STOCK = (1, 2), (1, 2, 3), 12
PRICE = Decimal("19.99")

prices = st.decimals(min_value=0, max_value=10**7, places=2)


def cart_line(line_no: int, item_id: int, qty: int, price: Decimal = PRICE) -> CartLine:
    return CartLine(
        line_no=line_no,
        item_id=item_id,
        vendor_id=1,
        qty=qty,
        unit_price=price,
        total_price=qty * price,
    )


def an_item(item_id: int, stock: int | None, price: Decimal = PRICE) -> Item:
    return Item(
        item_id=item_id,
        vendor_id=1,
        item_name="Lamp",
        category=item_id,
        price=price,
        updated_at="",
        stock=stock,
    )


wanted = st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(1, 5)), min_size=1, max_size=4)


def lines_of(want: list[tuple[int, int]]) -> tuple[CartLine, ...]:
    return tuple(cart_line(number, item, qty) for number, (item, qty) in enumerate(want, 1))


@settings(deadline=None)
@given(want=wanted, stock=st.lists(st.none() | st.integers(0, 9), min_size=3, max_size=3))
def test_a_cart_is_settled_whole_exactly_if_stock_covers_all_lines_of_every_item(
    want: list[tuple[int, int]], stock: list[int | None]
) -> None:
    items = {number: an_item(number, left) for number, left in zip(ITEMS, stock, strict=True)}
    cart = Cart(customer_id=1, rev=1, lines=lines_of(want), lines_ever=4, updated_at="")
    total = {item: sum(qty for wants, qty in want if wants == item) for item, _ in want}
    assert pieces(cart) == total
    enough = all(
        left is None or total.get(n, 0) <= left for n, left in zip(ITEMS, stock, strict=True)
    )
    try:
        lines = settle(cart, items, prices_enforced=True)
    except MarketError as refused:
        assert not enough
        short = {entry["item_id"] for entry in refused.facts["lines"]}
        assert short == {
            n for n in total if (items[n].stock or 0) < total[n] and items[n].stock is not None
        }
    else:
        assert enough
        assert [(line.item_id, line.qty, line.total_price) for line in lines] == [
            (item, qty, qty * PRICE) for item, qty in want
        ]
        assert all(line.category_id == line.item_id for line in lines)


@settings(deadline=None)
@given(qty=st.integers(1, 10**6), price=prices, off=st.decimals(-1, 1, places=2))
def test_a_line_is_accepted_exactly_if_its_total_is_quantity_times_price(
    qty: int, price: Decimal, off: Decimal
) -> None:
    total = qty * price + off
    sent = {"item_id": 1, "vendor_id": 1, "qty": qty, "unit_price": price, "total_price": total}
    if off == 0:
        [line] = checked(NewCart, {"user_id": 1, "cart": [sent]}).lines()
        assert (line.qty, line.unit_price, line.total_price) == (qty, price, total)
    else:
        with pytest.raises(InvalidRequestError) as refused:
            checked(NewCart, {"user_id": 1, "cart": [sent]})
        assert [e["field"] for e in refused.value.facts["errors"]] == ["cart[0].total_price"]


@dataclass
class Remembering(FakeTable):
    """Keeps every cart that ever was."""

    history: dict[tuple[int, int], Cart] = field(default_factory=dict)

    def _replace(self, cart: Cart) -> None:
        super()._replace(cart)
        self.history[cart.customer_id, cart.rev] = cart


@dataclass
class World:
    """Two customers, three items, and fates that strike just before or after a write."""

    fates: list[str]
    table: Remembering = field(default_factory=Remembering)
    clock: FakeClock = field(default_factory=FakeClock)
    answers: list[tuple[KeyedRequest | None, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for user in USERS:
            self.table.customers[user] = Customer(
                customer_id=user, first_name="A", last_name="L", email=f"{user}@b", joined_at=""
            )
        self.table.vendors[1] = Vendor(vendor_id=1, vendor_name="S", region="N", joined_at="")
        self.table.offered = {number: an_item(number, STOCK) for number in ITEMS}
        self.table.before, self.table.after = self.strike, self.lose_answer
        retry = self.clock.retry(budget=10**6)
        self.carts = Carts(self.table, self.clock, retry)
        self.checkouts = Checkouts(
            self.table,
            self.clock,
            uuid7_factory(self.clock),
            retry,
            prices_enforced=True,
            remember=timedelta(hours=24),
        )

    def strike(self, operation: str) -> None:
        fate = self.fates.pop() if self.fates else "nothing"
        if fate == "conflict":
            raise ContentionError("busy")
        if fate == "rival write":
            self.write(1, [(1, 1), (1, 1)])
        if fate == "rival sale":
            self.check_out(1, "k")
        if fate == "touched":
            self.table.offered[1] = replace(
                self.table.offered[1], rev=self.table.offered[1].rev + 1
            )
        if fate == "lost answer":
            self.fates.append(f"lose {operation}")

    def lose_answer(self, operation: str) -> None:
        if self.fates and self.fates[-1] == f"lose {operation}":
            self.fates.pop()
            raise ContentionError("no answer")

    def write(self, user: int, want: list[tuple[int, int]]) -> None:
        self.carts.replace(user, lines_of(want))

    def check_out(self, user: int, key: str | None) -> None:
        request = KeyedRequest(scope=f"user:{user}", key=key, fingerprint="f") if key else None
        try:
            done = self.checkouts.complete(user, request)
        except ContentionError:
            raise
        except MarketError:
            return
        self.answers.append((request, done.answer["transaction_id"]))


step = st.one_of(
    st.tuples(st.sampled_from(USERS), wanted),
    st.tuples(st.sampled_from(USERS), st.sampled_from([None, "k", "l"])),
)
fate = st.sampled_from(
    ["nothing", "nothing", "conflict", "rival write", "rival sale", "touched", "lost answer"]
)


@settings(deadline=None)
@given(steps=st.lists(step, min_size=2, max_size=12), fates=st.lists(fate, max_size=12))
def test_each_cart_is_sold_at_most_once_whole_and_told_truly(
    steps: list[tuple[int, list[tuple[int, int]] | str | None]], fates: list[str]
) -> None:
    world = World(fates)
    for user, action in steps:
        if isinstance(action, list):
            world.write(user, action)
        else:
            world.check_out(user, action)

    table, sales = world.table, world.table.sales.values()
    assert {told for _, told in world.answers} == set(table.sales)
    assert len({(s.cart.customer_id, s.cart.rev) for s in sales}) == len(sales)
    for sale in sales:
        written = table.history[sale.cart.customer_id, sale.cart.rev]
        assert [(line.item_id, line.qty) for line in sale.order.lines] == [
            (line.item_id, line.qty) for line in written.lines
        ]
        assert table.history[sale.cart.customer_id, sale.cart.rev + 1].lines == ()
    for item in table.offered.values():
        sold = sum(
            line.qty for s in sales for line in s.order.lines if line.item_id == item.item_id
        )
        assert item.stock == STOCK - sold >= 0
    for request, _ in world.answers:
        if request is not None:
            assert len({told for asked, told in world.answers if asked == request}) == 1
