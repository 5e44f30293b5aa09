"""Laws 1, 2, 3 and 5 on the transforms: how records are batched never shows in what they mean.

What many runs leave is folded as the publisher does it, by the rule's shortest statement: the
highest version of a key wins. That is compared with what the records say by themselves.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.clean.captured.transform import clean
from lambdas.conform.transform import Conformed, conform
from lambdas.contracts import BY_TABLE, Kind, api_version
from tests.stream import cart, customer, item, raw_object, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from duckdb import DuckDBPyConnection

Key = tuple[str, ...]
Row = dict[str, Any]
State = dict[Key, Row]
Record = tuple[str, int, int]
"""Entity, id and rev: all that a record here depends on."""
Arrangement = list[list[list[Record]]]
"""Runs of objects of records."""

CART_LINES = {1: 2, 2: 0, 3: 3, 4: 1}
"""How many lines a cart has at each rev."""

DAYS = {1: 20260129, 2: 20260301, 3: 20260329, 4: 20260429}
"""The day in UTC of each transaction, which is sold late on a 28th, by a clock eight hours back."""

INFERRED = 0
"""As a rev: the lowest version is that of rev 0."""

moderately = settings(
    max_examples=7,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

records = st.one_of(
    st.tuples(st.sampled_from(["customer", "item", "cart"]), st.integers(1, 2), st.integers(1, 4)),
    st.tuples(st.just("transaction"), st.integers(1, 4), st.just(1)),
)


@st.composite
def arrangements(draw: st.DrawFn) -> tuple[set[Record], Arrangement]:
    """Records, and one way in which they may come: permuted, repeated, over objects and runs."""
    said = draw(st.sets(records, min_size=1, max_size=8))
    again = draw(st.lists(st.sampled_from(sorted(said)), max_size=4))
    order = draw(st.permutations([*sorted(said), *again]))
    runs: Arrangement = [[[] for _ in range(2)] for _ in range(2)]
    for each in order:
        runs[draw(st.integers(0, 1))][draw(st.integers(0, 1))].append(each)
    return said, runs


def lines_ever(rev: int) -> int:
    return max(CART_LINES[earlier] for earlier in range(1, rev + 1))


def written(record: Record) -> Row:
    entity, number, rev = record
    if entity == "customer":
        return customer(number, rev)
    if entity == "item":
        return item(number, rev)
    if entity == "cart":
        return cart(number, rev, lines=CART_LINES[rev], ever=lines_ever(rev))
    return transaction(f"t{number}", sold_at=f"2026-0{number}-28T23:00:00-08:00")


def promoted(connection: DuckDBPyConnection, objects: Iterable[list[Record]]) -> State:
    """The delta rows of one run, by table, partition and key; law 1 is checked on the way."""
    with TemporaryDirectory() as name:
        cleaned: dict[str, list[Path]] = {}
        accepted: Counter[str] = Counter()
        for number, said in enumerate(objects):
            folder = Path(name, str(number))
            folder.mkdir()
            body = raw_object(*(written(each) for each in said))
            for each in clean(connection, body, folder).accepted:
                cleaned.setdefault(each.entity, []).append(each.path)
                accepted[each.entity] += each.rows
        conformed = conform(connection, cleaned, Path(name))
        assert conformed.arrived == accepted
        rows = [
            (key_of(delta.table, delta.partition, row), row)
            for delta in conformed.deltas
            for row in pq.read_table(delta.path).to_pylist()
        ]
    assert len(dict(rows)) == len(rows), "a key came twice"
    assert_conserved(conformed, Counter(key[0] for key, _ in rows), accepted)
    return dict(rows)


def key_of(table: str, partition: str, row: Row) -> Key:
    return (table, partition, *(str(row[name]) for name in BY_TABLE[table].key))


def assert_conserved(conformed: Conformed, handed_on: Counter[str], accepted: Counter[str]) -> None:
    for table, counts in conformed.counts.items():
        assert counts.rows == handed_on[table] + counts.superseded + counts.unchanged
        assert counts.rows >= accepted[BY_TABLE[table].entity]
        if BY_TABLE[table].kind is Kind.FACT:
            assert counts.rows == accepted[BY_TABLE[table].entity]
    assert set(handed_on) == set(conformed.counts)


def folded(states: Iterable[State]) -> State:
    """Highest version wins; an equal one changes nothing."""
    result: State = {}
    for state in states:
        for key, row in state.items():
            if key not in result or row["version"] > result[key]["version"]:
                result[key] = row
    return result


def expected(said: set[Record]) -> dict[Key, tuple[str, bool]]:
    """What the records say by themselves: each key's version, and whether it is deleted."""
    found: dict[Key, tuple[str, bool]] = {}
    for record in said:
        for key, rev, deleted in (*stated(record), *referred(record)):
            found[key] = max(found.get(key, ("", False)), (api_version(rev), deleted))
    return found


def stated(record: Record) -> Iterator[tuple[Key, int, bool]]:
    entity, number, rev = record
    if entity == "customer":
        yield ("customer", "", f"{number}"), rev, False
    elif entity == "item":
        yield ("inventory", "", f"{number}"), rev, False
    elif entity == "cart":
        for position in range(1, lines_ever(rev) + 1):
            yield ("cart", "", f"{number}", f"{position}"), rev, position > CART_LINES[rev]
    else:
        day = f"{DAYS[number]}"
        for position in (1, 2):
            key = ("sales", f"month={day[:4]}-{day[4:6]}", f"t{number}", f"{position}")
            yield key, rev, False


def referred(record: Record) -> Iterator[tuple[Key, int, bool]]:
    entity, number, rev = record
    keys: dict[str, list[tuple[str, int]]] = {
        "customer": [],
        "item": [("category", rev), ("vendor", number + 10)],
        "cart": [("customer", number)] + [("vendor", 3), ("inventory", 7)] * CART_LINES[rev],
        "transaction": [
            ("customer", 5),
            ("category", 2),
            ("vendor", 3),
            ("inventory", 7),
            ("date", DAYS[number]),
        ],
    }
    for table, key in keys[entity]:
        yield (table, "", f"{key}"), INFERRED, False


@moderately
@given(arrangement=arrangements())
def test_any_arrangement_of_the_same_records_gives_the_same_state(
    connection: DuckDBPyConnection, arrangement: tuple[set[Record], Arrangement]
) -> None:
    said, runs = arrangement
    states = [promoted(connection, run) for run in runs]
    arrived = folded(states)
    assert arrived == folded(reversed(states))
    assert arrived == promoted(connection, [sorted(said)])  # law 5: all in one run
    assert {key: (row["version"], row["deleted"]) for key, row in arrived.items()} == expected(said)


@moderately
@given(arrangement=arrangements())
def test_a_run_conformed_again_changes_nothing(
    connection: DuckDBPyConnection, arrangement: tuple[set[Record], Arrangement]
) -> None:
    _, runs = arrangement
    state = promoted(connection, runs[0])
    assert promoted(connection, runs[0]) == state
    assert folded([state, state]) == state
