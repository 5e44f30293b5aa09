"""Laws of incremental pulls: nothing that commits in time is lost, whoever is killed or races."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.ingest.postgres.marks import fields, leading
from lambdas.ingest.postgres.passes import Passes
from tests.pulling import Calls, Commit, FakeRows, KilledError, World, a_task, killed

if TYPE_CHECKING:
    from lambdas.ingest.task import Pulled

LAG, OVERLAP = 3, 4
SPAN = 60
HISTORY = [Commit(key, cursor=key // 2, at=key // 2) for key in range(12)]


@st.composite
def commits(draw: st.DrawFn) -> list[Commit]:
    """States of rows, each seen up to lag and overlap after the moment that its cursor tells."""
    made = draw(
        st.lists(
            st.tuples(st.integers(0, 8), st.integers(0, SPAN), st.integers(0, LAG + OVERLAP)),
            max_size=30,
        )
    )
    # Of one row, states are made and seen in the same order.
    found: list[Commit] = []
    for key, cursor, delay in sorted(made, key=lambda each: each[1] + each[2]):
        if all(each.key != key or each.cursor < cursor for each in found):
            found.append(Commit(key, cursor, cursor + delay))
    return found


def pull(world: World, rows: FakeRows, run: str, calls: Calls | None = None) -> Pulled:
    """One run, in as many invocations as it takes."""
    place = None
    while True:
        task = a_task(run=run, place=place)
        done = Passes(task, world.tools(calls, is_over=lambda: True), rows).work()
        if not done.more:
            return done
        place = done.place


def fetched(world: World) -> set[tuple[int, int]]:
    return {(int(each["id"]), int(each["changed"])) for each in world.rows()}


def newest(rows: FakeRows) -> set[tuple[int, int]]:
    return {(each.key, each.cursor) for each in rows.seen()}


@settings(max_examples=40, deadline=None)
@given(commits(), st.sets(st.integers(0, SPAN), max_size=8))
def test_each_row_that_commits_within_lag_and_overlap_is_fetched(
    made: list[Commit], times: set[int]
) -> None:
    world = World()
    for now in (*sorted(times), SPAN + LAG + OVERLAP + LAG):
        pull(world, FakeRows(made, now, LAG, OVERLAP), f"run at {now}")
    last = FakeRows(made, SPAN + LAG + OVERLAP + LAG)
    assert newest(last) <= fetched(world)
    assert world.doubled() == []


@settings(max_examples=40, deadline=None)
@given(commits(), st.lists(st.tuples(st.integers(0, SPAN), st.integers(0, 25)), max_size=6))
def test_runs_that_are_killed_anywhere_lose_nothing(
    made: list[Commit], runs: list[tuple[int, int]]
) -> None:
    world = World()
    for now, at in sorted(runs):
        with suppress(KilledError):
            pull(world, FakeRows(made, now, LAG, OVERLAP), f"run at {now}", Calls(at, killed))
    last = FakeRows(made, SPAN + LAG + OVERLAP + LAG, LAG, OVERLAP)
    pull(world, last, "last")
    assert newest(last) <= fetched(world)
    assert world.doubled() == []


def calls_of_a_run() -> int:
    calls = Calls()
    pull(World(), FakeRows(HISTORY, 10), "a", calls)
    return calls.made


@pytest.mark.parametrize("at", range(calls_of_a_run()))
def test_a_run_killed_at_any_call_is_made_up_for_object_by_object(at: int) -> None:
    whole, world = World(), World()
    pull(whole, FakeRows(HISTORY, 10), "a")
    with pytest.raises(KilledError):
        pull(world, FakeRows(HISTORY, 10), "a", Calls(at, killed))
    pull(world, FakeRows(HISTORY, 10), "a")
    assert list(world.lake.keys("raw/")) == list(whole.lake.keys("raw/"))
    assert world.doubled() == []


@pytest.mark.parametrize("at", range(calls_of_a_run()))
def test_a_rival_at_any_call_changes_nothing_of_what_is_fetched(at: int) -> None:
    whole, world = World(), World()
    pull(whole, FakeRows(HISTORY, 10), "a")
    rival = Calls(at, lambda: void(pull(world, FakeRows(HISTORY, 10), "b")))
    pull(world, FakeRows(HISTORY, 10), "a", rival)
    assert list(world.lake.keys("raw/")) == list(whole.lake.keys("raw/"))
    assert world.doubled() == []
    assert world.states.read("shop", "orders").said["pass"] is None


def test_a_run_that_ends_what_another_began_fetches_what_came_since() -> None:
    world = World()
    with pytest.raises(KilledError):
        pull(world, FakeRows(HISTORY, 3), "a", Calls(6, killed))
    later = FakeRows([*HISTORY, Commit(99, 20, 20)], 30)
    pull(world, later, "b")
    assert fetched(world) == newest(later)


def test_what_is_fetched_again_is_the_same_object() -> None:
    world = World()
    pull(world, FakeRows(HISTORY, 10, overlap=100), "a")
    before = list(world.lake.keys("raw/"))
    done = pull(world, FakeRows(HISTORY, 10, overlap=100), "b")
    assert (list(world.lake.keys("raw/")), done.objects) == (before, 0)


def spelt(value: str | None) -> str:
    """As PostgreSQL does: quoted if it is empty or has what means something."""
    if value is None:
        return ""
    if value and not set(value) & set(',"\n\r'):
        return value
    return f'"{value.replace(chr(34), chr(34) * 2)}"'


TEXTS = st.text(st.characters(exclude_characters="\0", codec="utf-8"))


@given(st.lists(st.none() | TEXTS, min_size=1))
def test_a_row_is_read_as_postgresql_writes_it(values: list[str | None]) -> None:
    row = f"{','.join(map(spelt, values))}\n".encode()
    assert list(fields(row)) == values
    assert leading(row, 1) == (values[0] or "",)


def void(_value: object) -> None:
    """For what has to return nothing."""
