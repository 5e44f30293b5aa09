"""Pull files: what they may say, and what is wrong with one by file, place and fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.clean.mapping import Mappings
from lambdas.ingest.pulls import FOLDER, PullFileError, load, load_named
from tests.mappings import SOURCES
from tests.pulling import PULL

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_pull_that_ships_fetches_arrives_where_a_mapping_reads_it(name: str) -> None:
    mappings = Mappings.of_folder(SOURCES).by_name
    (pull,) = load_named([name])
    assert {mappings[each.into].arrives for each in pull.resources.values()} == {
        f"raw/{each.into}/" for each in pull.resources.values()
    }


def test_a_table_has_its_resources_name_unless_it_says_another() -> None:
    pull = load(PULL, "shop")
    assert pull.postgres is not None
    table = pull.postgres.tables["orders"]
    assert (table.named("orders").name, table.named("orders").schema_) == ("orders", "public")
    assert table.model_copy(update={"table": "o"}).named("orders").name == "o"
    assert (pull.kind, pull.source.secrets) == ("postgres", ("mercado/shop",))


@pytest.mark.parametrize(
    ("was", "becomes", "error"),
    [
        ("cursor: changed", "cusror: changed", "tables.orders.cusror: there is no such setting"),
        (", cursor: changed", "", "tables.orders: .*an incremental table needs a `cursor`"),
        ("incremental", "full", "tables.orders: .*a full table has no `cursor`"),
        ("incremental", "daily", "tables.orders.mode: Input should be 'incremental' or 'full'"),
        ("cursor: changed", "cursor: changed, lag: 5 min", "orders.lag.*a time is as 30s, 5m"),
        ("cursor: changed", "cursor: changed, lag: -1", "tables.orders.lag"),
        ("key: id", "key: []", "tables.orders.key"),
        ("orders: {", "Orders/x: {", "postgres.tables.Orders/x"),
        ("mercado/shop", "mercado shop*", "postgres.secret"),
        ("postgres:", "schedule: hourly\npostgres:", "schedule: .*should match pattern"),
        ("postgres:", "schedule: rate(0 days)\npostgres:", "schedule: .*should match pattern"),
        ("postgres:", "mysql:", "mysql: there is no such setting|a pull has one of"),
    ],
)
def test_what_no_pull_can_mean_is_named(was: str, becomes: str, error: str) -> None:
    with pytest.raises(PullFileError, match=rf"^sources/pulls/shop\.yaml: .*({error})"):
        load(PULL.replace(was, becomes), "shop")


@pytest.mark.parametrize("name", ["Shop", "a/b", "a" * 41, ""])
def test_a_pulls_name_is_one_that_a_schedule_can_have(name: str) -> None:
    with pytest.raises(PullFileError, match="a pull's name has small letters"):
        load(PULL, name)


def test_a_pull_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(PULL)
    with pytest.raises(PullFileError, match=r"pulls/shp\.yaml: there is no such pull; .*'shop'"):
        load_named(["shp"], tmp_path)
    (tmp_path / "shop.yaml").write_bytes(b"\xff")
    with pytest.raises(PullFileError, match=r"pulls/shop\.yaml: it is not UTF-8"):
        load_named(["shop"], tmp_path)


@pytest.mark.parametrize("text", ["[]", "a: b: c", "postgres: {}\npostgres: {}"])
def test_what_is_no_pull_at_all_is_told(text: str) -> None:
    with pytest.raises(PullFileError, match=r"^sources/pulls/shop\.yaml: "):
        load(text, "shop")
