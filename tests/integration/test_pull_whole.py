"""Small tables of a real PostgreSQL, pulled whole."""

from __future__ import annotations

import errno
import gzip
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.reader import Reader
from lambdas.ingest.postgres.whole import pull_whole
from lambdas.ingest.pulls import Table
from lambdas.ingest.snapshots import SortedRows
from tests.integration.shops_database import FILLED
from tests.pulling import World, a_task

if TYPE_CHECKING:
    from pathlib import Path

    from lambdas.ingest.snapshots.rows import Row
    from lambdas.ingest.task import Pulled
    from tests.integration.shops_database import Shop

pytestmark = pytest.mark.xdist_group("shop")


def whole(world: World, shop: Shop, run: str = "a", **said: Any) -> Pulled:
    table = Table.model_validate({"mode": "full", "key": "id", "into": "shop", **said})
    reader = Reader(shop.connect, table.named("orders"), "shop: orders")
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


@pytest.mark.parametrize("note", ["NULL", "''", "' '"])
def test_rows_without_a_key_fail_a_whole_table_by_name(orders: Shop, note: str) -> None:
    orders.run(f"INSERT INTO orders VALUES (1, now(), 'a'), (2, now(), {note})")  # noqa: S608  # a test's own
    world = World()
    with pytest.raises(PullError, match=r"orders\.key: 1 rows have none"):
        whole(world, orders, key="note")
    assert told(world) == []


def test_a_key_whose_name_has_a_dot_is_a_column_like_any_other(orders: Shop) -> None:
    orders.run('ALTER TABLE orders ADD "order.id" bigint')
    orders.run("INSERT INTO orders VALUES (1, now(), 'a', 7), (2, now(), 'b', 8)")
    world = World()
    assert whole(world, orders, key="order.id").rows == 2
    orders.run("DELETE FROM orders WHERE id = 1")
    assert whole(world, orders, "b", key="order.id").rows == 1
    assert told(world)[-1][1:] == ("1", "a", True)


def test_a_disk_that_is_full_is_not_the_databases_fault_and_leaves_nothing_behind(
    orders: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    orders.run(FILLED, 10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left: list[list[Path]] = []

    def full(_rows: SortedRows, _row: Row) -> None:
        left.append(list(tmp_path.rglob("*")))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SortedRows, "add", full)
    with pytest.raises(OSError, match="No space left"):
        whole(World(), orders)
    assert len(left) == orders.door.opened == 1
    assert list(tmp_path.rglob("*")) == []


def test_a_try_that_failed_leaves_no_rows_on_the_disk(
    orders: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    orders.run(FILLED, 1000)
    orders.door.drops = [9000, 9000]
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folders: list[int] = []
    sort = SortedRows.sort

    def seen(rows: SortedRows) -> None:
        folders.append(sum(each.is_dir() for each in tmp_path.glob("*/*")))
        sort(rows)

    monkeypatch.setattr(SortedRows, "sort", seen)
    assert whole(World(), orders).rows == 1000
    assert folders[0] == 1
