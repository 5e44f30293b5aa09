"""The publish protocol, case by case; its interleavings are in tests/properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.contracts import BY_TABLE
from lambdas.lake.errors import PreconditionError, RetryableError
from lambdas.lake.layout import LIVE, replay_target
from lambdas.publish.protocol import (
    LONGEST_PAUSE,
    PublishConflictError,
    Publisher,
    Slot,
    StateLostError,
    full_jitter,
    generation_shown,
)
from lambdas.publish.tables import read_gold, read_stored
from tests.fakes import FakeLake
from tests.publishing import quick_render, row, table

if TYPE_CHECKING:
    import pyarrow as pa

CART, INVENTORY = BY_TABLE["cart"], BY_TABLE["inventory"]
SLOT = Slot(LIVE, "cart", "", 0)


def publisher_of(lake: FakeLake, attempts: int = 3) -> Publisher:
    return Publisher(lake, quick_render, pause=lambda _attempt: None, attempts=attempts)


def cart(*states: tuple[int, int], deleted: bool = False) -> pa.Table:
    return table(CART, [row(CART, key, rev, deleted=deleted) for key, rev in states])


def fail_puts(lake: FakeLake, *keys: str) -> None:
    """The next write of each key dies before it is applied."""
    due = list(keys)

    def before(operation: str, key: str) -> None:
        if operation == "put" and key in due:
            due.remove(key)
            raise ConnectionError(key)

    lake.before = before


def test_the_first_delta_makes_generation_one_of_state_and_gold() -> None:
    lake = FakeLake()
    published = publisher_of(lake).publish(SLOT, cart((1, 1), (2, 1)))
    assert published.generation == 1
    assert published.counts.inserted == 2
    state = lake.get("work/state/cart/bucket-0.parquet")
    gold = lake.get("gold/cart/part-0.parquet")
    assert read_stored(CART, state.body).table.num_rows == 2
    assert read_gold(CART, gold.body).table.column_names == list(CART.column_names)
    assert state.metadata == gold.metadata == {"generation": "1"}


def test_a_replay_publishes_into_its_own_tree() -> None:
    lake = FakeLake()
    slot = Slot(replay_target("r1"), "sales", "month=2025-03", 0)
    sales = BY_TABLE["sales"]
    publisher_of(lake).publish(slot, table(sales, [row(sales, 1, 1)]))
    assert list(lake.keys("")) == [
        "work/replay/r1/gold/sales/month=2025-03/part-0.parquet",
        "work/replay/r1/state/sales/month=2025-03/bucket-0.parquet",
    ]


def test_a_delta_that_changes_nothing_writes_nothing() -> None:
    lake = FakeLake()
    publisher_of(lake).publish(SLOT, cart((1, 2)))
    again = publisher_of(lake).publish(SLOT, cart((1, 1), (1, 2)))
    assert (again.counts.superseded, again.counts.unchanged) == (1, 1)
    assert again.generation == 1
    assert len(lake.history(SLOT.state_key)) == len(lake.history(SLOT.gold_key)) == 1


def test_an_empty_delta_of_an_empty_partition_writes_nothing() -> None:
    lake = FakeLake()
    assert publisher_of(lake).publish(SLOT, cart()).generation == 0
    assert list(lake.keys("")) == []


def test_a_re_run_after_a_crash_between_the_writes_still_projects() -> None:
    lake = FakeLake()
    publisher_of(lake).publish(SLOT, cart((1, 1)))
    fail_puts(lake, SLOT.gold_key)
    with pytest.raises(ConnectionError):
        publisher_of(lake).publish(SLOT, cart((1, 2)))
    assert generation_shown(lake.head(SLOT.gold_key)) == 1
    again = publisher_of(lake).publish(SLOT, cart((1, 2)))
    assert again.counts.unchanged == 1
    assert generation_shown(lake.head(SLOT.gold_key)) == 2


def test_the_next_publisher_also_shows_what_a_crashed_one_left_unshown() -> None:
    lake = FakeLake()
    fail_puts(lake, SLOT.gold_key)
    with pytest.raises(ConnectionError):
        publisher_of(lake).publish(SLOT, cart((1, 1)))
    publisher_of(lake).publish(SLOT, cart((2, 1)))
    shown = read_gold(CART, lake.get(SLOT.gold_key).body).table
    assert shown["customer_id"].to_pylist() == [1, 2]


def test_a_deleted_fact_leaves_gold_and_stays_in_state() -> None:
    lake = FakeLake()
    publisher_of(lake).publish(SLOT, cart((1, 1), (2, 1)))
    publisher_of(lake).publish(SLOT, cart((1, 2), (2, 2), deleted=True))
    assert read_gold(CART, lake.get(SLOT.gold_key).body).table.num_rows == 0
    assert read_stored(CART, lake.get(SLOT.state_key).body).table.num_rows == 2


def test_a_deleted_member_stays_in_gold_so_that_its_sales_join() -> None:
    lake, slot = FakeLake(), Slot(LIVE, "inventory", "", 0)
    gone = table(INVENTORY, [row(INVENTORY, 1, 2, deleted=True)])
    publisher_of(lake).publish(slot, gone)
    assert read_gold(INVENTORY, lake.get(slot.gold_key).body).table.num_rows == 1


@pytest.mark.parametrize("key", [SLOT.state_key, SLOT.gold_key])
def test_a_publisher_that_keeps_losing_gives_up_with_a_retryable_error(key: str) -> None:
    pauses: list[int] = []
    lake = FakeLake()

    def refuse(operation: str, wanted: str) -> None:
        if (operation, wanted) == ("put", key):
            raise PreconditionError(wanted)

    lake.before = refuse
    publisher = Publisher(lake, quick_render, pause=pauses.append, attempts=4)
    with pytest.raises(PublishConflictError, match=key) as raised:
        publisher.publish(SLOT, cart((1, 1)))
    assert isinstance(raised.value, RetryableError)
    assert pauses == [0, 1, 2, 3]


def test_gold_ahead_of_its_state_is_told_rather_than_believed() -> None:
    lake = FakeLake()
    for rev in (1, 2, 3):
        publisher_of(lake).publish(SLOT, cart((1, rev)))
    lake.delete(SLOT.state_key)
    with pytest.raises(StateLostError, match="generation 3"):
        publisher_of(lake).publish(SLOT, cart((2, 1)))


def test_pauses_grow_and_are_bounded_and_random(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[float] = []
    monkeypatch.setattr("time.sleep", bounds.append)
    monkeypatch.setattr("random.uniform", lambda _low, high: high)
    for attempt in range(8):
        full_jitter(attempt)
    assert bounds[:3] == [0.05, 0.1, 0.2]
    assert max(bounds) == LONGEST_PAUSE
