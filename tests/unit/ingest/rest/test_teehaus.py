"""The pull file and the mappings that ship for an API: from its answers to the contracts' rows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.clean.mapping import Mappings
from lambdas.ingest.pulls import FOLDER, load
from lambdas.ingest.rest.pull import pull_rest
from lambdas.ingest.snapshots import Place
from lambdas.ingest.task import Task, Tools
from tests.fakes import FakeLake
from tests.mappings import SOURCES, mapped
from tests.pulling import FakeStates
from tests.snapshots import told
from tests.teehaus import ON_A_PAGE, TOKEN, Teehaus, product

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tests.api_server import Api


@dataclass
class Pulling:
    api: Api
    shop: Teehaus = field(default_factory=Teehaus)

    def __post_init__(self) -> None:
        self.api.behaviour = self.shop
        said = (FOLDER / "teehaus.yaml").read_text()
        said = said.replace("rest:", "rest:\n  plain_http: true")
        self.pull = load(said.replace("size: 100", f"size: {ON_A_PAGE}"), "teehaus")
        secret = json.dumps({"token": TOKEN, "url": f"{self.api.url}/api/v2"})
        self.tools = Tools(FakeLake(), FakeStates(), lambda _name: secret, lambda: False)

    def pulled(self) -> None:
        for resource in self.pull.resources:
            pull_rest(Task(self.pull, resource, "run", datetime.now(UTC)), self.tools)

    def rows(self, connection: DuckDBPyConnection, resource: str) -> dict[str, list[Any]]:
        """By entity, what is current: of each key the row of the highest version."""
        into = self.pull.resources[resource].into
        source = Mappings.of_folder(SOURCES).by_name[into]
        lake = self.tools.lake
        assert isinstance(lake, FakeLake)
        outcome = mapped(connection, source, told(lake, Place("teehaus", resource, into, ())))
        assert outcome.rejected == {}
        found = {}
        for entity, rows in outcome.rows.items():
            key = {"item": ("item_id",), "customer": ("customer_id",)}.get(
                entity, ("customer_id", "line_no")
            )
            by_key = {
                tuple(row[name] for name in key): row
                for row in sorted(rows, key=lambda row: row["version"])
            }
            found[entity] = list(by_key.values())
        return found


@pytest.fixture
def pulling(api: Api) -> Pulling:
    return Pulling(api)


def test_products_become_items_with_their_price_in_euros(
    pulling: Pulling, connection: DuckDBPyConnection
) -> None:
    pulling.pulled()
    items = pulling.rows(connection, "products")["item"]
    assert sorted((row["item_name"], str(row["price"])) for row in items) == [
        ("Assam, 100 g", "8.90"),
        ("Rooibos", "0.01"),
        ("Sencha, 50 g", "12.50"),
    ]


def test_a_product_that_is_gone_is_deleted_with_its_name_and_one_that_returns_is_not(
    pulling: Pulling, connection: DuckDBPyConnection
) -> None:
    pulling.pulled()
    *others, gone = pulling.shop.products
    pulling.shop.products = [*others, product("MINT", "Mint", 300)]
    pulling.pulled()
    deleted = {
        row["item_name"]: row["deleted"] for row in pulling.rows(connection, "products")["item"]
    }
    assert deleted == {"Assam, 100 g": False, "Sencha, 50 g": False, "Rooibos": True, "Mint": False}
    pulling.shop.products = [*others, gone]
    pulling.pulled()
    deleted = {
        row["item_name"]: row["deleted"] for row in pulling.rows(connection, "products")["item"]
    }
    assert (deleted["Rooibos"], deleted["Mint"]) == (False, True)


def test_a_customer_who_is_gone_takes_the_basket_along(
    pulling: Pulling, connection: DuckDBPyConnection
) -> None:
    pulling.pulled()
    rows = pulling.rows(connection, "customers")
    assert {(row["first_name"], row["last_name"]) for row in rows["customer"]} == {
        ("Ada", "Okafor"),
        ("Grace", "Hopper"),
        ("Justinus", "Kerner"),
    }
    assert sorted(str(row["total_price"]) for row in rows["cart"]) == ["0.03", "12.50", "17.80"]
    items = {row["item_id"] for row in pulling.rows(connection, "products")["item"]}
    assert {row["item_id"] for row in rows["cart"]} <= items
    pulling.shop.customers = pulling.shop.customers[1:]
    pulling.pulled()
    carts = pulling.rows(connection, "customers")["cart"]
    assert sorted(str(row["total_price"]) for row in carts if not row["deleted"]) == ["0.03"]
