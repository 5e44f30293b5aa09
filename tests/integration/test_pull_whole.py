"""Small tables of a real PostgreSQL, pulled whole."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.connection import Connection
from lambdas.ingest.postgres.reader import Reader
from lambdas.ingest.postgres.whole import pull_whole
from lambdas.ingest.pulls import Table
from tests.integration.shops_database import FILLED
from tests.pulling import World, a_task

if TYPE_CHECKING:
    from lambdas.ingest.task import Pulled
    from tests.integration.shops_database import Shop

pytestmark = pytest.mark.xdist_group("shop")


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
        [(3, "1", "a", False), (3, "2", None, False), (3, "3", "", False)],
        told(world)[3:],
    )
    assert told(world)[:3] == first
    assert sorted(last) == [(6, "1", "a", True), (7, "2", 'c, "d"', False)]


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
