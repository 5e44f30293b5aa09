"""Comparing a replay with live gold, and swapping it in, on the in-memory lake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.contracts import BY_TABLE
from lambdas.lake.layout import LIVE, replay_target
from lambdas.publish.merge import project
from lambdas.publish.protocol import Publisher, Slot, generation_shown
from lambdas.publish.replay import (
    Comparison,
    Report,
    RowDifference,
    Status,
    SwapConflictError,
    UnknownReplayError,
    compare,
    row_difference,
    swap,
)
from lambdas.publish.replay_handler import MAX_NAMED, compare_replay, swap_replay
from lambdas.publish.tables import read_gold
from tests.fakes import FakeLake
from tests.publishing import quick_render, row, table

if TYPE_CHECKING:
    import pyarrow as pa

CUSTOMER, SALES = BY_TABLE["customer"], BY_TABLE["sales"]
TARGET = replay_target("r1")
MARCH, APRIL = "month=2025-03", "month=2025-04"


@pytest.fixture
def publisher() -> Publisher:
    return Publisher(FakeLake(), quick_render, pause=lambda _attempt: None)


def publish(publisher: Publisher, target: str, partition: str, *states: tuple[int, int]) -> None:
    delta = table(SALES, [row(SALES, key, rev) for key, rev in states])
    publisher.publish(Slot(target, "sales", partition, 0), delta)


def compared(publisher: Publisher) -> list[Comparison]:
    return compare(publisher.store, "r1", TARGET).partitions


def live_keys(publisher: Publisher, partition: str) -> list[str]:
    gold = publisher.store.get(Slot(LIVE, "sales", partition, 0).gold_key)
    keys: list[str] = read_gold(SALES, gold.body).table["transaction_id"].to_pylist()
    return keys


def test_a_replay_of_which_there_is_nothing_is_refused(publisher: Publisher) -> None:
    publish(publisher, LIVE, MARCH, (1, 1))
    with pytest.raises(UnknownReplayError, match="work/replay/r1/"):
        compared(publisher)


def test_generations_and_row_order_do_not_matter_to_the_comparison(publisher: Publisher) -> None:
    publish(publisher, LIVE, MARCH, (1, 1))
    publish(publisher, LIVE, MARCH, (2, 1))
    publish(publisher, TARGET, MARCH, (2, 1), (1, 1))
    assert [each.status for each in compared(publisher)] == [Status.EQUAL]


def test_each_partition_of_either_side_gets_its_status(publisher: Publisher) -> None:
    publish(publisher, LIVE, MARCH, (1, 1), (2, 1), (4, 1))
    publish(publisher, TARGET, MARCH, (2, 2), (3, 1), (4, 1))
    publish(publisher, LIVE, APRIL, (5, 1))
    publish(publisher, TARGET, "month=2025-05", (6, 1), (7, 1))
    found = {each.partition: (each.status, each.rows) for each in compared(publisher)}
    assert found == {
        MARCH: (Status.DIFFERS, RowDifference(live_only=1, replay_only=1, changed=1)),
        APRIL: (Status.MISSING, RowDifference(live_only=1)),
        "month=2025-05": (Status.EXTRA, RowDifference(replay_only=2)),
    }


def test_what_is_no_table_of_the_star_is_left_alone(publisher: Publisher) -> None:
    publish(publisher, TARGET, MARCH, (1, 1))
    publisher.store.put("gold/mart_daily/part-0.parquet", b"not ours to read")
    assert [each.table for each in compared(publisher)] == ["sales"]


keys_and_revs = st.dictionaries(st.integers(1, 8), st.integers(1, 3))


@settings(deadline=None)
@given(live=keys_and_revs, replayed=keys_and_revs)
def test_row_differences_are_those_of_two_dicts(
    live: dict[int, int], replayed: dict[int, int]
) -> None:
    """Customers inferred (revision 1 here) have NULLs, which are equal to one another."""

    def gold(found: dict[int, int]) -> pa.Table:
        rows = [
            row(CUSTOMER, key, rev)
            if rev > 1
            else {"customer_id": key, "version": "0" * 20, "deleted": False}
            for key, rev in found.items()
        ]
        return project(CUSTOMER, table(CUSTOMER, rows))

    shared = live.keys() & replayed.keys()
    assert row_difference(CUSTOMER, gold(live), gold(replayed)) == RowDifference(
        live_only=len(live.keys() - shared),
        replay_only=len(replayed.keys() - shared),
        changed=sum(live[key] != replayed[key] for key in shared),
    )


def test_a_swap_replaces_state_and_gold_and_raises_the_generation(publisher: Publisher) -> None:
    publish(publisher, LIVE, MARCH, (1, 1))
    publish(publisher, LIVE, MARCH, (2, 1))
    publish(publisher, TARGET, MARCH, (1, 1))
    swap(publisher, TARGET, compared(publisher)[0])
    assert live_keys(publisher, MARCH) == ["text 0001"]
    assert generation_shown(publisher.store.head(Slot(LIVE, "sales", MARCH, 0).gold_key)) == 3
    assert [each.status for each in compared(publisher)] == [Status.EQUAL]


def test_a_partition_that_the_replay_lacks_becomes_empty_and_its_generations_go_on(
    publisher: Publisher,
) -> None:
    publish(publisher, LIVE, MARCH, (1, 1))
    publish(publisher, TARGET, APRIL, (2, 1))
    swap(publisher, TARGET, compared(publisher)[0])
    assert live_keys(publisher, MARCH) == []
    publish(publisher, LIVE, MARCH, (2, 1))
    assert generation_shown(publisher.store.head(Slot(LIVE, "sales", MARCH, 0).gold_key)) == 3


def test_a_partition_that_live_gold_lacks_is_made(publisher: Publisher) -> None:
    publish(publisher, TARGET, MARCH, (1, 1), (2, 1))
    swap(publisher, TARGET, compared(publisher)[0])
    assert live_keys(publisher, MARCH) == ["text 0001", "text 0002"]


def test_a_live_state_that_moved_on_is_a_conflict_and_loses_nothing(publisher: Publisher) -> None:
    publish(publisher, LIVE, MARCH, (1, 1))
    publish(publisher, TARGET, MARCH, (1, 2))
    before = compared(publisher)[0]
    publish(publisher, LIVE, MARCH, (2, 1))
    with pytest.raises(SwapConflictError, match=r"work/state/sales/month=2025-03/bucket-0"):
        swap(publisher, TARGET, before)
    assert live_keys(publisher, MARCH) == ["text 0001", "text 0002"]


def test_a_live_state_that_moves_during_the_swap_is_a_conflict(publisher: Publisher) -> None:
    publish(publisher, LIVE, MARCH, (1, 1))
    publish(publisher, TARGET, MARCH, (1, 2))
    before = compared(publisher)[0]
    lake = publisher.store
    assert isinstance(lake, FakeLake)
    late = [(2, 1)]

    def rival(operation: str, key: str) -> None:
        if (operation, key) == ("put", "work/state/sales/month=2025-03/bucket-0.parquet") and late:
            publish(publisher, LIVE, MARCH, late.pop())

    lake.before = rival
    with pytest.raises(SwapConflictError, match="while it was swapped"):
        swap(publisher, TARGET, before)
    assert live_keys(publisher, MARCH) == ["text 0001", "text 0002"]


def test_a_replay_that_goes_on_after_the_comparison_is_a_conflict(publisher: Publisher) -> None:
    publish(publisher, LIVE, MARCH, (1, 1))
    publish(publisher, TARGET, MARCH, (1, 2))
    before = compared(publisher)[0]
    publish(publisher, TARGET, MARCH, (2, 1))
    with pytest.raises(SwapConflictError, match=TARGET):
        swap(publisher, TARGET, before)


def test_what_was_compared_while_a_publisher_was_at_work_is_not_swapped(
    publisher: Publisher,
) -> None:
    """Gold lags behind the state here: the rows compared are not those that would be replaced."""
    publish(publisher, LIVE, MARCH, (1, 1))
    publish(publisher, TARGET, MARCH, (1, 2))
    slot = Slot(LIVE, "sales", MARCH, 0)
    state = publisher.read_state(slot)
    publisher.write_state(slot, type(state)(state.table, state.generation + 1, state.etag))
    with pytest.raises(SwapConflictError):
        swap(publisher, TARGET, compared(publisher)[0])


def test_a_swap_that_died_between_its_writes_is_finished_by_the_next(publisher: Publisher) -> None:
    publish(publisher, LIVE, MARCH, (1, 1))
    publish(publisher, TARGET, MARCH, (1, 2))
    before = compared(publisher)[0]
    lake = publisher.store
    assert isinstance(lake, FakeLake)

    def die(operation: str, key: str) -> None:
        if operation == "put" and key.startswith("gold/"):
            raise ConnectionError(key)

    lake.before = die
    with pytest.raises(ConnectionError):
        swap(publisher, TARGET, before)
    lake.before = lambda _operation, _key: None
    swap(publisher, TARGET, before)
    assert [each.status for each in compared(publisher)] == [Status.EQUAL]


def test_the_summary_stays_small_and_the_report_names_all(publisher: Publisher) -> None:
    months = [f"month={year}-{month:02d}" for year in range(2010, 2020) for month in range(1, 13)]
    for month in months:
        publish(publisher, TARGET, month, (1, 1))
    summary = compare_replay(publisher, "r1")
    assert summary["partitions"]["extra"] == len(months)
    assert len(summary["different"]) == MAX_NAMED
    assert len(json.dumps(summary)) < 256 * 1024
    report = Report.from_json(publisher.store.get("runs/replay-r1/report.json").body)
    assert [each.partition for each in report.partitions] == months


def test_conflicts_are_named_and_hold_up_no_other_partition(publisher: Publisher) -> None:
    for partition in (MARCH, APRIL):
        publish(publisher, LIVE, partition, (1, 1))
        publish(publisher, TARGET, partition, (1, 2))
    compare_replay(publisher, "r1")
    publish(publisher, LIVE, MARCH, (2, 1))
    answer = swap_replay(publisher, "r1")
    assert (answer["swapped"], answer["conflicts"]) == (1, 1)
    assert "month=2025-03" in answer["named"][0]
