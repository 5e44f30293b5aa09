"""Answers that cannot be understood end a pull by name, and leave nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api_server import Api, Asked, Reply, says
from tests.snapshots import told
from tests.unit.ingest.rest.products import (
    BY_ADDRESS,
    BY_CURSOR,
    BY_LINK,
    NUMBERED,
    PLACE,
    WHOLE,
    Teehaus,
    fails,
    products,
)

if TYPE_CHECKING:
    from tests.unit.ingest.rest.products import Waits


def same_cursor(_asked: Asked, records: list[Any]) -> Reply:
    records.append({"id": str(len(records)), "price": "1"})
    return says({"items": records[-1:], "meta": {"next": "more"}})


def endless(asked: Asked, _records: list[Any]) -> Reply:
    at = int(asked.query.get("after", "0")) + 1
    return says({"items": products(str(at)), "meta": {"next": at}})


def same_page(_asked: Asked, _records: list[Any]) -> Reply:
    return says({"data": {"items": products("a", "b"), "total": 90}})


def foreign_link(_asked: Asked, _records: list[Any]) -> Reply:
    return says(products("a"), X_Total="2", Link="<https://elsewhere.example/p>; rel=next")


def hidden_link(_asked: Asked, _records: list[Any]) -> Reply:
    link = "<https://elsewhere.example\\@127.0.0.1/p>; rel=next"
    return says(products("a"), X_Total="2", Link=link)


def broken_link(_asked: Asked, _records: list[Any]) -> Reply:
    return says(products("a"), X_Total="2", Link="<http://[oops/>; rel=next")


def odd_next(following: Any) -> Any:
    return lambda *_: says({"items": products("a"), "meta": {"next": following}})


def foreign_address(_asked: Asked, _records: list[Any]) -> Reply:
    following = {"@odata.nextLink": "//elsewhere.example/p"}
    return says({"value": products("a"), "@odata.count": 2, **following})


def keyless(_asked: Asked, _records: list[Any]) -> Reply:
    return says([{"no": 1}, {"no": 2}])


@pytest.mark.parametrize(
    ("said", "answers", "what"),
    [
        (BY_CURSOR, same_cursor, "RepeatedCursorError: page 'more' points to page 'more', which"),
        (BY_CURSOR, endless, "TooManyPagesError: there are more than 9 pages"),
        (NUMBERED, same_page, "RepeatedPageError: page 2 is one that came before"),
        (BY_LINK, foreign_link, "RedirectRefusedError: page 2: https://elsewhere.example:443 is"),
        (BY_ADDRESS, foreign_address, "RedirectRefusedError: page 2: http://elsewhere.example:80 "),
        (BY_LINK, hidden_link, "RefusedError: page 1: /products: .* cannot be read"),
        (BY_LINK, broken_link, "RefusedError: page 1: /products: .* cannot be read"),
        (BY_CURSOR, odd_next({"href": "/p"}), "page 1: .* meta.next is neither text nor number"),
        (BY_CURSOR, odd_next(following=True), "page 1: .* meta.next is neither text nor number"),
        (WHOLE, keyless, "NoKeysError"),
        (WHOLE, lambda *_: says({"items": []}), "RefusedError: .* no list of records at its top"),
        (NUMBERED, lambda *_: says({"data": []}), "no list of records at data.items"),
        (BY_CURSOR, lambda *_: says({"items": None}), "page 1: .* no list of records at items"),
        (WHOLE, lambda *_: says([], 401), "RefusedError: /products: HTTP 401"),
        (WHOLE, lambda *_: Reply(b'[{"id": 1, "id": 2}]'), "one name twice"),
        (WHOLE, lambda *_: says([{"id": 1, "_deleted": False}]), "a field `_deleted` of its own"),
        (WHOLE, lambda *_: Reply(status=304), "which nobody asked"),
    ],
)
def test_an_api_that_cannot_be_understood_fails_by_name_and_nothing_is_written(
    api: Api, waits: Waits, said: str, answers: Any, what: str
) -> None:
    teehaus = Teehaus(api, waits, said, answers)
    fails(teehaus, what)
    assert told(teehaus.lake, PLACE) == []
    assert list(teehaus.lake.keys("ingest/")) == [], "what was refused is not kept"
