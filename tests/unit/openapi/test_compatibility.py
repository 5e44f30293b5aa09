"""What breaks a client is named; what does not, is not."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from local.openapi.compatibility import breaking

if TYPE_CHECKING:
    from collections.abc import Callable

Document = dict[str, Any]
THING = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["id", "name"],
}
NEW_THING = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 10}, "size": {"enum": ["s", "m"]}},
    "required": ["name"],
}
NO_OTHERS = {"additionalProperties": False}
BEFORE: Document = {
    "paths": {
        "/things": {
            "post": {
                "parameters": [
                    {"in": "query", "name": "q", "schema": {"type": "integer", "minimum": 1}}
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/New"}}
                    }
                },
                "responses": {
                    "201": {
                        "headers": {"ETag": {}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        },
                    },
                    "409": {},
                },
            }
        }
    },
    "components": {"schemas": {"Thing": THING, "New": NEW_THING}},
}


def changed(change: Callable[[Document, Any, Any, Any], object]) -> list[str]:
    """What is said of a change, made on the document, its operation and its two schemas."""
    after = deepcopy(BEFORE)
    schemas = after["components"]["schemas"]
    change(after, after["paths"]["/things"]["post"], schemas["New"], schemas["Thing"])
    return breaking(BEFORE, after)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda doc, *_: doc["paths"].pop("/things"), "POST /things is gone"),
        (lambda _, op, *__: op["responses"].pop("201"), "POST /things answers 201 no more"),
        (lambda _, op, *__: op["parameters"].pop(), "POST /things query q is taken no more"),
        (
            lambda _, op, *__: op["parameters"].append(
                {"in": "header", "name": "If-Match", "required": True, "schema": {}}
            ),
            "POST /things header If-Match is required",
        ),
        (
            lambda _, op, *__: op["parameters"][0]["schema"].update(minimum=2),
            "POST /things query q: minimum is 2 now",
        ),
        (
            lambda _, op, *__: op["requestBody"]["content"].clear(),
            "POST /things takes no application/json any more",
        ),
        (
            lambda _, __, new, ___: new["required"].append("size"),
            "POST /things body.size is required",
        ),
        (
            lambda _, __, new, ___: new["properties"]["name"].update(maxLength=9),
            "POST /things body.name: maxLength is 9 now",
        ),
        (
            lambda _, __, new, ___: new["properties"]["name"].update(type="integer"),
            "POST /things body.name may be string no more",
        ),
        (
            lambda _, __, new, ___: new["properties"]["size"].update(enum=["m", "l"]),
            "POST /things body.size may be 's' no more",
        ),
        (
            lambda _, __, new, ___: (new["properties"].pop("size"), new.update(NO_OTHERS)),
            "POST /things body.size is taken no more",
        ),
        (
            lambda _, op, *__: op["responses"]["201"]["headers"].clear(),
            "POST /things 201 has no header ETag any more",
        ),
        (
            lambda _, op, *__: op["responses"]["201"]["content"].clear(),
            "POST /things 201 has no application/json any more",
        ),
        (
            lambda _, __, ___, thing: thing["properties"].pop("tags"),
            "POST /things 201.tags is gone",
        ),
        (
            lambda _, __, ___, thing: thing["required"].remove("name"),
            "POST /things 201.name may be missing now",
        ),
        (
            lambda _, __, ___, thing: thing["properties"]["id"].update(type=["integer", "null"]),
            "POST /things 201.id may be null now",
        ),
        (
            lambda _, __, ___, thing: thing["properties"]["tags"]["items"].update(type="integer"),
            "POST /things 201.tags[] may be integer now",
        ),
    ],
)
def test_what_breaks_clients_is_named(
    change: Callable[[Document, Any, Any, Any], object], sentence: str
) -> None:
    assert changed(change) == [sentence]


@pytest.mark.parametrize(
    "change",
    [
        lambda *_: None,
        lambda doc, op, *_: doc["paths"].update({"/more": {"get": op}}),
        lambda _, op, *__: op["responses"].pop("409"),
        lambda _, op, *__: op["parameters"].append({"in": "query", "name": "r", "schema": {}}),
        lambda _, op, *__: op["parameters"][0]["schema"].update(minimum=0),
        lambda _, __, new, ___: new["required"].clear(),
        lambda _, __, new, ___: new["properties"].update(more={"type": "string"}),
        lambda _, __, new, ___: new["properties"]["name"].update(maxLength=11),
        lambda _, __, new, ___: new["properties"]["size"].update(enum=["s", "m", "l"]),
        lambda _, __, ___, thing: thing["properties"].update(more={"type": "string"}),
        lambda _, __, ___, thing: thing["required"].append("tags"),
    ],
)
def test_what_only_adds_or_allows_breaks_nobody(
    change: Callable[[Document, Any, Any, Any], object],
) -> None:
    assert changed(change) == []
