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
