"""The document is valid, complete, served, and its examples are what the API takes and answers.

That every answer of the API is in the document is held by all tests that ask it: tests/documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from openapi_spec_validator import validate

from lambdas.api import models
from lambdas.api.openapi.examples import EXAMPLES
from lambdas.api.openapi.operations import OPERATIONS
from lambdas.api.problems import PROBLEMS, TYPE_PREFIX, UNEXPECTED
from lambdas.api.routes import route_table
from local.openapi.__main__ import FILE, described, written
from tests.documented import validator
from tests.fake_table import FakeTable
from tests.shop import Shop, http_event

if TYPE_CHECKING:
    from lambdas.api.market import Market

SCHEMAS: dict[str, Any] = described()["components"]["schemas"]
NO_MARKET = cast("Market", None)


def test_the_document_is_valid_openapi() -> None:
    validate(described())


def test_the_checked_in_document_is_the_codes() -> None:
    assert FILE.read_text() == written(described()), "make openapi writes it"


def test_every_route_is_told_of_and_no_other() -> None:
    assert OPERATIONS.keys() == route_table(NO_MARKET, lambda _: None).keys()


def test_operations_have_names_of_their_own() -> None:
    names = [each.id for each in OPERATIONS.values()]
    assert len(set(names)) == len(names)


def test_every_problem_is_in_the_document() -> None:
    told = {
        schema["properties"]["type"]["const"]
        for name, schema in SCHEMAS.items()
        if name.endswith("Problem")
    }
    assert told == {TYPE_PREFIX + each.slug for each in (*PROBLEMS.values(), UNEXPECTED)}


@pytest.mark.parametrize("name", [each for each in SCHEMAS if not each.endswith("Problem")])
def test_every_schema_has_an_example_that_follows_it(name: str) -> None:
    validator(f"#/components/schemas/{name}").validate(EXAMPLES[name])


@pytest.mark.parametrize("name", [each for each in EXAMPLES if hasattr(models, each)])
def test_an_example_of_a_body_is_taken(name: str) -> None:
    getattr(models, name).model_validate(EXAMPLES[name])


@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("NewCustomer", {"first_name": "", "last_name": "Li", "email": "a@b"}),
        ("NewCustomer", {"first_name": "A", "last_name": "Li"}),
        ("NewItem", {"item_name": "Lamp", "category": "1", "price": -1}),
        ("NewItem", {"item_name": "Lamp", "category": "1", "price": "1,50"}),
        ("NewCart", {"user_id": 1, "cart": [{}] * 91}),
        ("CustomerChanges", {"customer_id": 2}),
        ("CustomerChanges", {"email": None}),
        ("StockChange", {"stock": -1}),
        ("NewCustomer", {"first_name": "A\x04a", "last_name": "Li", "email": "a@b"}),
        ("NewCustomer", {"first_name": "A", "last_name": "Li", "email": "a"}),
        ("NewItem", {"item_name": "Lamp", "category": "0", "price": 1}),
        ("NewItem", {"item_name": "Lamp", "category": "1", "price": "1.005"}),
        ("CheckoutRequest", {"user_id": "0"}),
    ],
)
def test_what_the_schema_refuses_the_api_refuses_too(model: str, values: dict[str, Any]) -> None:
    assert not validator(f"#/components/schemas/{model}").is_valid(values)
    with pytest.raises(ValueError, match="validation error"):
        getattr(models, model).model_validate(values)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("NewCustomer", {"first_name": " Zoë ", "last_name": "O\u2019Li 1", "email": " a@b\n"}),
        ("NewItem", {"item_name": "L", "category": "007", "price": "0012.5000", "stock": "0"}),
        ("NewItem", {"item_name": "L", "category": "7 up", "price": "9" * 16, "stock": None}),
        ("CheckoutRequest", {"user_id": "0012"}),
    ],
)
def test_what_is_odd_but_taken_is_in_the_schema_too(model: str, values: dict[str, Any]) -> None:
    validator(f"#/components/schemas/{model}").validate(values)
    getattr(models, model).model_validate(values)


def test_a_change_of_stock_says_one_thing() -> None:
    for values in ({}, {"stock": 1, "change": 1}):
        assert not validator("#/components/schemas/StockChange").is_valid(values)


@pytest.mark.parametrize("tags", ["*", " * ", "", ",", '"1"', 'W/"1" ,, "2"', "1", '*, "1"', "**"])
def test_the_schema_of_if_match_is_what_the_api_takes(tags: str) -> None:
    place = "#/paths/~1vendors~1{vendor_id}/patch/parameters"
    [schema] = [
        f"{place}/{number}/schema"
        for number, each in enumerate(
            described()["paths"]["/vendors/{vendor_id}"]["patch"]["parameters"]
        )
        if each["name"] == "If-Match"
    ]
    shop = Shop(FakeTable())
    answer = shop.patch(f"/vendors/{shop.vendor()}", {"region": "South"}, tags)
    assert (answer.status in {200, 412}) == validator(schema).is_valid(tags)


def test_the_document_is_served() -> None:
    reply = Shop(FakeTable()).get("/openapi.json")
    assert reply.status == 200
    assert reply.body == described()


def test_the_page_loads_nothing_from_elsewhere() -> None:
    answer = Shop(FakeTable()).answer(http_event("GET", "/docs/"))
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"].startswith("text/html")
    assert "SwaggerUIBundle" in answer["body"]
    assert "connect-src 'self'" in answer["headers"]["Content-Security-Policy"]
    assert 'src="http' not in answer["body"]
    assert len(answer["body"]) < 6_000_000, "Lambda's limit"
