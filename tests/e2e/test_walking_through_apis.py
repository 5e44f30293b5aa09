"""An API, pulled by the machine that ships: snapshot by snapshot to gold, and what is gone goes."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from local.certificate import write_certificate
from tests.api_server import Api, serving
from tests.e2e.waiting import ended, shows
from tests.teehaus import TOKEN, Teehaus, product

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
PRODUCTS = "raw/teehaus-products/teehaus/products/"
OFFERED = """
SELECT item_name, CAST(price AS VARCHAR) FROM inventory
WHERE item_name IN ('Assam, 100 g', 'Sencha, 50 g', 'Mint') ORDER BY 1
"""
IN_BASKETS = """
SELECT inventory.item_name, CAST(cart.total_price AS VARCHAR)
FROM cart JOIN inventory ON cart.item_id = inventory.item_id
WHERE inventory.item_name IN ('Assam, 100 g', 'Sencha, 50 g', 'Rooibos') ORDER BY 1
"""


@dataclass
class Pulling:
    """Teehaus behind TLS, and the machine that pulls it."""

    pipeline: Pipeline
    api: Api
    shop: Teehaus = field(default_factory=Teehaus)

    @cached_property
    def machines(self) -> Any:
        return self.pipeline.access.client("stepfunctions")

    def start(self, **order: Any) -> str:
        arn: str = self.machines.start_execution(
            stateMachineArn=self.pipeline.access.outputs["PullMachineArn"],
            input=json.dumps({"pull": "teehaus", **order}),
        )["executionArn"]
        return arn

    def pulled(self, **order: Any) -> dict[str, Any]:
        told = ended(self.pipeline, self.start(**order))
        assert told["status"] == "SUCCEEDED", told
        output: dict[str, Any] = json.loads(told["output"])
        return {name: each["rows"] for name, each in output.items()}

    def shows(self, sql: str, expected: Sequence[tuple[str, ...]]) -> None:
        shows(self.pipeline, sql, expected)


@pytest.fixture(scope="module")
def pulling(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulling]:
    certificate = write_certificate(tmp_path_factory.mktemp("teehaus"))
    with serving(certificate) as api:
        found = Pulling(pipeline, api)
        api.behaviour = found.shop
        secret = {"token": TOKEN, "url": f"{api.url}/api/v2", "ca": certificate[0].read_text()}
        pipeline.access.client("secretsmanager").create_secret(
            Name="mercado/teehaus", SecretString=json.dumps(secret)
        )
        yield found


def test_what_an_api_has_is_in_gold_and_what_it_no_longer_has_is_gone(pulling: Pulling) -> None:
    assert pulling.pulled() == {"products": 3, "customers": 3}
    pulling.shows(OFFERED, [("Assam, 100 g", "8.90"), ("Sencha, 50 g", "12.50")])
    baskets = [("Assam, 100 g", "17.80"), ("Rooibos", "0.03"), ("Sencha, 50 g", "12.50")]
    pulling.shows(IN_BASKETS, baskets)
    pulling.shop.customers = pulling.shop.customers[1:]
    pulling.shop.products = [
        product("ASSAM", "Assam, 100 g", 990),
        *pulling.shop.products[1:],
        product("MINT", "Mint", 300),
    ]
    assert pulling.pulled() == {"products": 2, "customers": 1}
    pulling.shows(IN_BASKETS, [("Rooibos", "0.03")])
    pulling.shows(OFFERED, [("Assam, 100 g", "9.90"), ("Mint", "3.00"), ("Sencha, 50 g", "12.50")])


def test_without_a_change_nothing_goes_to_raw(pulling: Pulling) -> None:
    before = pulling.pipeline.raw_versions()
    assert pulling.pulled() == {"products": 0, "customers": 0}
    assert pulling.pipeline.raw_versions() == before


def test_an_older_snapshot_that_comes_late_writes_nothing(pulling: Pulling) -> None:
    """The slow one has read its page before the quick one begins, and answers after it."""
    quick = pulling.shop
    held = pulling.api.behaviour

    def slow(asked: Any) -> Any:
        pulling.api.behaviour = held
        reply = held(asked)
        time.sleep(20)
        return reply

    pulling.api.behaviour = slow
    older = pulling.start(resources=["products"])
    while pulling.api.behaviour is slow:
        time.sleep(0.1)
    quick.products = [*quick.products, product("CHAI", "Chai", 450)]
    assert pulling.pulled(resources=["products"]) == {"products": 1}
    before = {each for each in pulling.pipeline.raw_versions() if each.key.startswith(PRODUCTS)}
    told = ended(pulling.pipeline, older)
    assert (told["status"], json.loads(told["output"])["products"]["rows"]) == ("SUCCEEDED", 0)
    now = {each for each in pulling.pipeline.raw_versions() if each.key.startswith(PRODUCTS)}
    assert now == before
