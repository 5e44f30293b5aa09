"""Tables of a real PostgreSQL, behind TLS: nothing is lost, nothing is bent, nobody is deceived."""

from __future__ import annotations

import gzip
import json
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.connection import Connection, DroppedError
from lambdas.ingest.postgres.days import read_days
from lambdas.ingest.postgres.passes import Passes
from lambdas.ingest.postgres.reader import Reader
from lambdas.ingest.postgres.sheet import Limits
from lambdas.ingest.postgres.whole import pull_whole
from lambdas.ingest.pulls import Table
from lambdas.ingest.windows import Window
from tests.doors import Authority, Door
from tests.pulling import Calls, KilledError, World, a_task, killed

if TYPE_CHECKING:
    from lambdas.ingest.postgres.reading import TableRows
    from lambdas.ingest.task import Pulled
    from tests.integration.shops_database import Shop, ShopServer

pytestmark = pytest.mark.xdist_group("shop")
ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, changed timestamptz NOT NULL, note text)"
FILLED = """
INSERT INTO orders
SELECT i, now() - interval '1 day' + i / 3 * interval '1 ms', 'order ' || i
FROM generate_series(1, %s) AS i
"""


def pull(world: World, rows: TableRows, run: str = "a", calls: Calls | None = None) -> Pulled:
    try:
        return Passes(a_task(run=run), world.tools(calls), rows).work()
    finally:
        rows.close()


def ids(world: World) -> list[int]:
    return sorted(int(each["id"]) for each in world.rows())


def now_at_once(shop: Shop, **said: Any) -> TableRows:
    return shop.rows("orders", "changed", lag="0s", **said)


@pytest.fixture
def orders(shop: Shop) -> Shop:
    shop.run(ORDERS)
    return shop


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


def test_a_certificate_of_nobody_who_is_trusted_is_refused(orders: Shop) -> None:
    with pytest.raises(PullError, match="its certificate is not to be trusted"):
        Connection(orders.address(ca=Authority().pem))
    with pytest.raises(PullError, match="its certificate is not to be trusted"):
        Connection(orders.address(ca=None))
    with pytest.raises(PullError, match="the `ca` of its secret is no PEM"):
        Connection(orders.address(ca="nonsense"))


def test_a_certificate_of_another_host_is_refused(shop_server: ShopServer, orders: Shop) -> None:
    other = Door(orders.door.inside, orders.authority.context(shop_server.folder, "127.0.0.2"))
    with pytest.raises(PullError, match="its certificate is not to be trusted"):
        Connection(orders.address(port=other.port))
    other.close()


def test_a_server_without_encryption_is_refused(orders: Shop) -> None:
    plain = Door(orders.door.inside, None)
    with pytest.raises(PullError, match="it takes no encrypted connection"):
        Connection(orders.address(port=plain.port))
    plain.close()


def test_a_wrong_password_is_told_without_the_right_one(orders: Shop) -> None:
    with pytest.raises(DroppedError, match="password authentication failed") as told:
        Connection(orders.address(password="wrong"))  # noqa: S106  # it is none
    assert "wrong" not in str(told.value)


def whole(world: World, shop: Shop, run: str = "a", **said: Any) -> Pulled:
    table = Table.model_validate({"mode": "full", "key": "id", "into": "shop", **said})
    reader = Reader(lambda: Connection(shop.address()), table.named("orders"), "shop: orders")
    with closing(reader):
        return pull_whole(a_task(run=run), world.tools(), reader)


def told(world: World) -> list[tuple[int, str, str | None, bool]]:
    """Snapshot, id, note and whether it is gone, of all rows in raw."""
    found = [
        json.loads(line)
        for key in world.lake.keys("raw/")
        for line in gzip.decompress(world.lake.get(key).body).splitlines()
    ]
    return [(each["_snapshot"], each["id"], each["note"], each["_deleted"]) for each in found]


def test_a_table_that_is_pulled_whole_tells_what_changed_and_what_is_gone(orders: Shop) -> None:
    orders.run("INSERT INTO orders VALUES (1, now(), 'a'), (2, now(), NULL), (3, now(), '')")
    world = World()
    assert whole(world, orders).rows == 3
    assert whole(world, orders, "b").rows == 0
    orders.run("DELETE FROM orders WHERE id = 1")
    orders.run("UPDATE orders SET note = 'c, \"d\"' WHERE id = 2")
    orders.door.drops = [9000]
    assert whole(world, orders, "c").rows == 2
    first, last = (
        [(1, "1", "a", False), (1, "2", None, False), (1, "3", "", False)],
        told(world)[3:],
    )
    assert told(world)[:3] == first
    assert sorted(last) == [(3, "1", "a", True), (3, "2", 'c, "d"', False)]


def test_a_key_that_is_none_is_refused_before_rows_are_lost_by_it(orders: Shop) -> None:
    orders.run("INSERT INTO orders VALUES (1, now(), 'a'), (2, now(), 'a')")
    with pytest.raises(PullError, match=r"orders\.key: 1 rows have the key of another"):
        whole(World(), orders, key="note")


def test_a_table_that_lost_most_of_its_rows_waits_for_a_persons_word(orders: Shop) -> None:
    orders.run(FILLED, 10)
    world = World()
    whole(world, orders)
    orders.run("DELETE FROM orders WHERE id > 1")
    with pytest.raises(PullError, match="of 10 keys 9 are gone"):
        whole(world, orders, "b")
    assert len(told(world)) == 10
