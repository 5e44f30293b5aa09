"""How far a pass of a real table reads, whatever clocks, zones, types and rows without keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.passes import Passes
from lambdas.ingest.postgres.sheet import Limits
from tests.pulling import World, a_task

if TYPE_CHECKING:
    from lambdas.ingest.postgres.reading import TableRows
    from lambdas.ingest.task import Pulled
    from tests.integration.shops_database import Shop

pytestmark = pytest.mark.xdist_group("shop")


def pull(world: World, rows: TableRows, run: str = "a") -> Pulled:
    try:
        return Passes(a_task(run=run), world.tools(), rows).work()
    finally:
        rows.close()


def ids(world: World) -> list[int]:
    return sorted(int(each["id"]) for each in world.rows())


def test_a_row_without_a_key_that_would_end_an_object_does_not_stop_the_others(
    orders: Shop,
) -> None:
    orders.limits = Limits(2)
    orders.run("ALTER TABLE orders DROP CONSTRAINT orders_pkey, ALTER id DROP NOT NULL")
    orders.run(
        "INSERT INTO orders VALUES (1, '2026-03-17 10:00Z', ''), (NULL, '2026-03-17 10:01Z', ''),"
        " (2, '2026-03-17 10:02Z', ''), (NULL, '2026-03-17 10:03Z', ''),"
        " (3, '2026-03-17 10:04Z', ''), (4, '2026-03-17 10:05Z', '')"
    )
    world = World()
    with pytest.raises(PullError, match="whose changed or id is NULL"):
        pull(world, orders.rows("orders", "changed", lag="0s"))
    assert ids(world) == [1, 2, 3, 4]
    orders.run("DELETE FROM orders WHERE id IS NULL")
    orders.run("INSERT INTO orders VALUES (5, now(), '')")
    pull(world, orders.rows("orders", "changed", lag="0s"), "b")
    assert ids(world) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER changed TYPE bigint USING extract(epoch FROM changed)",
        "ALTER changed TYPE timestamp",
        "ALTER id TYPE uuid USING md5(id::text)::uuid",
    ],
)
def test_what_was_reached_by_a_column_of_another_type_is_forgotten(
    orders: Shop, change: str
) -> None:
    """Even in the midst of a pass: its marks are texts of the old type."""
    orders.limits = Limits(2)
    orders.run("INSERT INTO orders SELECT i, '2026-03-17', 'x' FROM generate_series(1, 3) AS i")
    world = World()
    rows = orders.rows("orders", "changed")
    for _ in range(2):
        over = world.tools(is_over=lambda: True)
        Passes(a_task(), over, rows).work()
    rows.close()
    assert world.states.read("shop", "orders").said["pass"]["after"]
    orders.run(f"ALTER TABLE orders {change}")
    before = len(world.rows())
    assert pull(world, orders.rows("orders", "changed"), "b").rows == 3
    assert len(world.rows()) > before


def test_what_was_reached_by_the_clock_of_another_zone_is_forgotten(orders: Shop) -> None:
    orders.run("ALTER TABLE orders ALTER changed TYPE timestamp")
    orders.run("INSERT INTO orders VALUES (1, now() AT TIME ZONE 'Asia/Tokyo', '')")
    world = World()
    assert pull(world, orders.rows("orders", "changed", timezone="Asia/Tokyo", lag="0s")).rows == 1
    orders.run("INSERT INTO orders VALUES (2, now() AT TIME ZONE 'America/Lima', '')")
    assert (
        pull(world, orders.rows("orders", "changed", timezone="America/Lima", lag="0s"), "b").rows
        == 1
    )
    assert ids(world) == [1, 2]


def at(shop: Shop, *, now: str | None = None, replayed: str | None = None) -> None:
    """The server's clock shows `now`, or it is a replica that has come as far as `replayed`."""
    told = {"now": now, "pg_last_xact_replay_timestamp": replayed}
    shop.run("CREATE SCHEMA IF NOT EXISTS told")
    shop.run("GRANT USAGE ON SCHEMA told TO puller")
    for name, value in told.items():
        shown = f"'{value}'" if value else f"pg_catalog.{name}()"
        shop.run(
            f"CREATE OR REPLACE FUNCTION told.{name}() RETURNS timestamptz LANGUAGE sql"
            f" AS $$ SELECT {shown}::timestamptz $$"
        )
    shop.run(
        "CREATE OR REPLACE FUNCTION told.pg_is_in_recovery() RETURNS boolean LANGUAGE sql"
        f" AS $$ SELECT {str(replayed is not None).lower()} $$"
    )
    shop.run(
        f"ALTER ROLE puller IN DATABASE {shop.name} SET search_path = told, pg_catalog, public"
    )


def test_rows_of_the_hour_that_comes_twice_in_autumn_are_fetched(orders: Shop) -> None:
    """In Berlin 2026-10-25 03:00 in summer time is 02:00, so that 02:59 is followed by 02:00."""
    orders.run("ALTER TABLE orders ALTER changed TYPE timestamp")
    world = World()
    for number, (now, shown) in enumerate(
        [
            ("2026-10-25 00:59Z", "02:58"),
            ("2026-10-25 01:20Z", "02:15"),
            ("2026-10-25 01:40Z", "02:35"),
            ("2026-10-25 02:30Z", "03:25"),
        ]
    ):
        at(orders, now=now)
        orders.run(f"INSERT INTO orders VALUES ({number}, '2026-10-25 {shown}', '')")  # noqa: S608  # a test's own
        pull(world, orders.rows("orders", "changed", timezone="Europe/Berlin"), str(number))
        assert number in ids(world)


def test_a_replica_is_read_as_far_as_it_has_come_and_not_as_its_clock_shows(orders: Shop) -> None:
    world = World()
    orders.run("INSERT INTO orders VALUES (1, '2026-03-17 10:00Z', '')")
    at(orders, replayed="2026-03-17 10:05Z")
    pull(world, orders.rows("orders", "changed"))
    assert world.states.read("shop", "orders").said["reached"] == "2026-03-17 10:04:00+00"
    orders.run("INSERT INTO orders VALUES (2, '2026-03-17 10:05Z', '')")
    at(orders, replayed="2026-03-17 11:00Z")
    pull(world, orders.rows("orders", "changed"), "b")
    assert set(ids(world)) == {1, 2}
