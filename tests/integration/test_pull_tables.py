"""Tables of a real PostgreSQL, behind TLS: nothing is lost, nothing is bent, nobody is deceived."""

from __future__ import annotations

import gzip
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.connection import DroppedError
from lambdas.ingest.postgres.days import read_days
from lambdas.ingest.postgres.passes import Passes
from lambdas.ingest.postgres.sheet import Limits
from lambdas.ingest.windows import Window
from tests.doors import Door
from tests.integration.shops_database import FILLED
from tests.pulling import Calls, KilledError, World, a_task, killed

if TYPE_CHECKING:
    from lambdas.ingest.postgres.reading import TableRows
    from lambdas.ingest.task import Pulled
    from tests.integration.shops_database import Shop

pytestmark = pytest.mark.xdist_group("shop")


def pull(world: World, rows: TableRows, run: str = "a", calls: Calls | None = None) -> Pulled:
    try:
        return Passes(a_task(run=run), world.tools(calls), rows).work()
    finally:
        rows.close()


def ids(world: World) -> list[int]:
    return sorted(int(each["id"]) for each in world.rows())


def now_at_once(shop: Shop, **said: Any) -> TableRows:
    return shop.rows("orders", "changed", lag="0s", **said)


def test_all_rows_come_in_bounded_objects_and_later_only_what_changed(orders: Shop) -> None:
    orders.run(FILLED, 4500)
    world = World()
    first = pull(world, now_at_once(orders))
    assert (first.rows, first.objects) == (4500, 5)
    assert ids(world) == list(range(1, 4501))
    orders.run("UPDATE orders SET changed = now(), note = 'new' WHERE id = 7")
    second = pull(world, now_at_once(orders), "b")
    assert (second.rows, second.objects) == (1, 1)
    assert world.rows()[-1]["note"] == "new"


def test_rows_of_one_moment_and_one_key_are_never_parted(orders: Shop) -> None:
    orders.limits = Limits(10)
    orders.run("ALTER TABLE orders DROP CONSTRAINT orders_pkey")
    orders.run(
        "INSERT INTO orders SELECT i / 40, '2026-01-01', i::text FROM generate_series(0, 99) i"
    )
    world = World()
    pull(world, now_at_once(orders))
    assert sorted(int(each["note"]) for each in world.rows()) == list(range(100))


def test_an_object_ends_by_its_size_and_the_next_goes_on_behind_it(orders: Shop) -> None:
    orders.limits = Limits(1000, 10_000)
    orders.run(FILLED, 50)
    orders.run("UPDATE orders SET note = repeat('x', 1000)")
    world = World()
    assert pull(world, now_at_once(orders)).objects == 5
    assert ids(world) == list(range(1, 51))


def test_what_commits_late_is_fetched_by_lag_or_overlap(orders: Shop) -> None:
    orders.run("INSERT INTO orders VALUES (1, clock_timestamp(), 'before')")
    early = orders.other_session()
    early.execute("INSERT INTO orders VALUES (2, now(), 'late')")
    orders.run("INSERT INTO orders VALUES (3, clock_timestamp(), 'after')")
    world = World()
    pull(world, now_at_once(orders))
    assert ids(world) == [1, 3]
    early.commit()
    early.close()
    pull(world, now_at_once(orders), "b")
    assert set(ids(world)) == {1, 2, 3}


def test_a_pull_stays_behind_the_databases_clock(orders: Shop) -> None:
    orders.run("INSERT INTO orders VALUES (1, now() - interval '2 min', ''), (2, now(), '')")
    world = World()
    pull(world, orders.rows("orders", "changed", lag="1m"))
    assert ids(world) == [1]


def test_numbers_of_a_sequence_are_a_cursor_too(orders: Shop) -> None:
    orders.run(FILLED, 2000)
    rows = orders.rows("orders", "id", lag=5, overlap=10)
    world = World()
    pull(world, rows)
    assert ids(world) == list(range(1, 1996))
    orders.run("INSERT INTO orders VALUES (2001, now(), '')")
    assert pull(world, rows, "b").rows == 11 + 1
    assert max(ids(world)) == 1996


@pytest.mark.parametrize("at", [5, 9], ids=["first", "second"])
def test_a_run_killed_between_object_and_state_is_made_up_for(orders: Shop, at: int) -> None:
    """At any other call, too: tests/properties."""
    orders.limits = Limits(10)
    orders.run(FILLED, 35)
    world = World()
    with pytest.raises(KilledError):
        pull(world, now_at_once(orders), calls=Calls(at, killed))
    assert len(world.rows()) == (10 if at == 5 else 20), "put, and the state knows nothing of it"
    pull(world, now_at_once(orders))
    assert ids(world) == list(range(1, 36))
    assert world.doubled() == []


def test_a_connection_that_drops_midway_is_made_up_for_from_the_last_object(orders: Shop) -> None:
    orders.run(FILLED, 4500)
    orders.door.drops = [60_000, 100, 150_000]
    world = World()
    assert pull(world, now_at_once(orders)).rows == 4500
    assert ids(world) == list(range(1, 4501))
    assert orders.door.opened > 3


def test_a_server_that_stays_away_fails_the_pull_with_what_was_fetched_kept(orders: Shop) -> None:
    orders.run(FILLED, 4500)
    orders.door.drops = [200_000] * 20
    world = World()
    with suppress(DroppedError):
        pull(world, now_at_once(orders))
    orders.door.drops = []
    pull(world, now_at_once(orders), "b")
    assert ids(world) == list(range(1, 4501))
    orders.door.close()
    with pytest.raises(DroppedError):
        now_at_once(orders).horizon(None)
    orders.door = Door(orders.door.inside, orders.door.context)


def test_a_window_of_days_is_read_again_and_moves_nothing(orders: Shop) -> None:
    orders.run(
        "INSERT INTO orders VALUES (1, '2026-03-16 23:59:59.999999Z', ''),"
        " (2, '2026-03-17Z', ''), (3, '2026-03-17 23:59:59.999999Z', ''), (4, '2026-03-18Z', '')"
    )
    world = World()
    day = Window(date(2026, 3, 17), date(2026, 3, 17))
    read_days(a_task(window=day), world.tools(), now_at_once(orders), day)
    assert ids(world) == [2, 3]
    assert world.states.found == {}


@pytest.mark.parametrize(
    ("kind", "zone", "found"),
    [
        ("date", "UTC", [2, 3]),
        ("timestamp", "UTC", [2, 3]),
        ("timestamp", "America/New_York", [3, 4]),
    ],
)
def test_days_go_by_columns_without_a_zone_too(
    orders: Shop, kind: str, zone: str, found: list[int]
) -> None:
    orders.limits = Limits(1)
    orders.run(f"ALTER TABLE orders ADD day {kind}")
    orders.run(
        "INSERT INTO orders (id, changed, day) VALUES (1, now(), '2026-03-16 22:00'),"
        " (2, now(), '2026-03-17 00:00'), (3, now(), '2026-03-17 19:00'),"
        " (4, now(), '2026-03-18 19:59'), (5, now(), '2026-03-18 20:00')"
    )
    last = date(2026, 3, 18) if zone != "UTC" else date(2026, 3, 17)
    days = Window(date(2026, 3, 17) if zone == "UTC" else last, last)
    rows = replace(now_at_once(orders, timezone=zone), goes_by="day", use="dated")
    world = World()
    read_days(a_task(window=days), world.tools(), rows, days)
    expected = found if kind != "timestamp" or zone == "UTC" else [4]
    assert ids(world) == expected


def test_columns_may_come_go_and_change_their_names_between_pulls(orders: Shop) -> None:
    world = World()
    orders.run("INSERT INTO orders VALUES (1, now(), 'a')")
    pull(world, now_at_once(orders))
    orders.run("ALTER TABLE orders ADD colour text DEFAULT 'red'")
    orders.run("ALTER TABLE orders RENAME note TO remark")
    orders.run("INSERT INTO orders VALUES (2, now(), 'b')")
    pull(world, now_at_once(orders, overlap="0s"), "b")
    last = next(each for each in world.rows() if each["id"] == "2")
    assert (last["colour"], last["remark"], "note" in last) == ("red", "b", False)
    only = now_at_once(orders, columns=["note", "colour"])
    chunk = only.chunk(only.horizon(None) or pytest.fail("no rows"), None)
    assert chunk.rows == 2, "a column that is wanted and gone is the mapping's to tell"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("DROP COLUMN changed", r"tables\.orders\.cursor: the table has no column 'changed'"),
        ("DROP COLUMN id", r"tables\.orders\.key: the table has no column 'id'"),
        ("ALTER changed TYPE text", r"cursor: 'changed' is text, and neither a time"),
        ("RENAME TO gone", r"there is no table public\.orders"),
    ],
)
def test_a_cursor_key_or_table_that_is_gone_is_named(orders: Shop, change: str, error: str) -> None:
    orders.run(f"ALTER TABLE orders {change}")
    with pytest.raises(PullError, match=error):
        pull(World(), now_at_once(orders))


def test_units_that_are_not_the_cursors_are_refused_by_name(orders: Shop) -> None:
    with pytest.raises(PullError, match=r"orders\.lag: it is a time, and the cursor a whole"):
        orders.rows("orders", "id", lag="1m").horizon(None)
    with pytest.raises(PullError, match=r"orders\.overlap: it is a number, and the cursor a time"):
        orders.rows("orders", "changed", overlap=7).horizon(None)


def test_rows_without_a_cursor_fail_the_pull_after_all_others_are_fetched(orders: Shop) -> None:
    orders.run("ALTER TABLE orders ALTER changed DROP NOT NULL")
    orders.run("INSERT INTO orders VALUES (1, now(), ''), (2, NULL, '')")
    world = World()
    with pytest.raises(PullError, match="whose changed or id is NULL"):
        pull(world, now_at_once(orders))
    assert ids(world) == [1]
    pull(World(), now_at_once(orders, where="changed IS NOT NULL"))


def test_names_of_any_kind_are_names_and_nothing_else(orders: Shop) -> None:
    name, column = 'or"ders; DROP TABLE orders', 'chan\'ged "at"'
    orders.run('CREATE SCHEMA "Sch;ema"')
    orders.run('GRANT USAGE ON SCHEMA "Sch;ema" TO puller')
    quoted = [each.replace('"', '""') for each in (name, column)]
    orders.run(f'CREATE TABLE "Sch;ema"."{quoted[0]}" (id text, "{quoted[1]}" int NOT NULL)')
    orders.run(
        f'INSERT INTO "Sch;ema"."{quoted[0]}" VALUES (%s, 1), (%s, 2)',  # noqa: S608  # a test's
        "a';--",
        'b",\n',
    )
    orders.limits = Limits(1)
    world = World()
    pull(world, orders.rows(name, column, schema="Sch;ema"))
    assert [each["id"] for each in world.rows()] == ["a';--", 'b",\n']


def test_nothing_can_be_written_by_what_a_pull_file_says(orders: Shop) -> None:
    orders.run("GRANT DELETE ON orders TO puller")
    orders.run(
        "CREATE FUNCTION harm() RETURNS boolean LANGUAGE plpgsql AS"
        " 'BEGIN DELETE FROM orders; RETURN true; END'"
    )
    orders.run(FILLED, 3)
    for where in ("harm()", "true) TO STDOUT; DELETE FROM orders; --"):
        with pytest.raises(PullError):
            pull(World(), now_at_once(orders, where=where))
    assert orders.session.execute("SELECT count(*) FROM orders").fetchone() == (3,)


VALUES = {
    "numeric": ("'12345678901234567890.123456789'", "12345678901234567890.123456789"),
    "double precision": ("0.1::float8 + 0.2", "0.30000000000000004"),
    "timestamptz": ("'2026-03-17 10:00:00.000001+02'", "2026-03-17 08:00:00.000001+00"),
    "timestamp": ("'2026-03-17 10:00'", "2026-03-17 10:00:00"),
    "date": ("'2026-03-17'", "2026-03-17"),
    "text": ("E'a\"b,\\r\\n\\\\N \\u00e9\\U0001F600\\x01'", 'a"b,\r\n\\N é😀\x01'),
    "jsonb": ('\'{"a": [1, "x"]}\'', '{"a": [1, "x"]}'),
    "bytea": ("'\\x00ff22'", "\\x00ff22"),
    "text[]": ("ARRAY['a', 'b,c', NULL]", '{a,"b,c",NULL}'),
    "interval": ("'1 day 2 hours'", "P1DT2H"),
    "boolean": ("true", "t"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_travel_as_they_are(orders: Shop, kind: str) -> None:
    written, read = VALUES[kind]
    orders.run("ALTER ROLE puller SET datestyle = 'German'")
    orders.run(f"ALTER TABLE orders ADD v {kind}")
    orders.run(f"INSERT INTO orders VALUES (1, now(), '', {written})")  # noqa: S608  # a test's own
    world = World()
    pull(world, now_at_once(orders))
    assert [each["v"] for each in world.rows()] == [read]


def test_null_and_the_empty_text_differ_in_the_object(orders: Shop) -> None:
    orders.run("INSERT INTO orders VALUES (1, '2026-03-17Z', NULL), (2, '2026-03-17Z', '')")
    rows = now_at_once(orders)
    span = rows.horizon(None)
    assert span is not None
    text = gzip.decompress(rows.chunk(span, None).body).decode()
    assert text.splitlines()[1:] == ["2026-03-17 00:00:00+00,1,", '2026-03-17 00:00:00+00,2,""']
