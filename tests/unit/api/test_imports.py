"""POST /imports takes a file, once; GET says what has become of it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.api.import_table import DynamoImports
from lambdas.api.uploads import MAX_BODY_BYTES
from tests.shop import TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.shop import FakeClock, Reply, Shop

FILE = "item_name,category,price\nLamp,1,1.00\n"
PROBLEM = "urn:samns-mercado:problem:"


@pytest.fixture
def shop(shop: Shop, client: DynamoDBClient) -> Shop:
    shop.records = DynamoImports(client, TABLE)
    return shop


def refused(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.body["type"].removeprefix(PROBLEM)


def test_a_file_is_taken_and_lies_in_the_lake_as_it_was_sent(shop: Shop) -> None:
    vendor = shop.vendor()
    body = gzip.compress("item_name;category;price\nCafé;1;1.00\n".encode("cp1252"))
    kind = "text/csv; charset=Windows-1252"
    reply = shop.upload(vendor, body, kind, Content_Encoding="gzip")
    assert reply.status == 202
    assert (reply.body["state"], reply.body["rows"]) == ("received", None)
    assert reply.headers["Location"] == f"/imports/{reply.body['id']}"
    [key] = shop.lake.keys("")
    name = reply.body["id"].partition("-")[2]
    assert key == f"imports/{vendor}/{name}.csv.gz"
    assert shop.lake.get(key).body == body
    status = shop.get(reply.headers["Location"])
    assert (status.status, status.body) == (200, reply.body)


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("text/csv", "csv"),
        ("application/json", "json"),
        ("application/x-ndjson", "ndjson"),
        ("APPLICATION/JSON; charset=UTF-8", "json"),
    ],
)
def test_the_content_type_says_the_format(shop: Shop, kind: str, suffix: str) -> None:
    assert shop.upload(shop.vendor(), FILE, kind).status == 202
    [key] = shop.lake.keys("imports/")
    assert key.endswith(f".{suffix}")


@pytest.mark.parametrize(
    ("kind", "headers", "status", "slug"),
    [
        ("application/pdf", {}, 415, "unsupported-media"),
        ("", {}, 415, "unsupported-media"),
        ("text/csv; charset=ebcdic", {}, 415, "unsupported-media"),
        ("text/csv", {"Content_Encoding": "br"}, 415, "unsupported-media"),
        ("text/csv", {"Content_Encoding": "gzip"}, 400, "malformed-body"),
    ],
)
def test_what_cannot_be_a_file_of_items_is_refused_at_once(
    shop: Shop, kind: str, headers: dict[str, str], status: int, slug: str
) -> None:
    assert refused(shop.upload(shop.vendor(), FILE, kind, **headers)) == (status, slug)
    assert not list(shop.lake.keys(""))


def test_a_body_over_the_limit_is_told_the_limit(shop: Shop) -> None:
    reply = shop.upload(shop.vendor(), b"x" * (MAX_BODY_BYTES + 1))
    assert refused(reply) == (413, "too-large")
    assert reply.body["limit"] == MAX_BODY_BYTES
    assert str(MAX_BODY_BYTES) in reply.body["detail"]


def test_an_empty_body_and_an_unknown_vendor_are_refused(shop: Shop) -> None:
    assert refused(shop.upload(shop.vendor(), b"")) == (400, "malformed-body")
    assert refused(shop.upload(99, FILE)) == (404, "not-found")
    reply = shop.post("/imports", FILE, Content_Type="text/csv")
    assert refused(reply) == (422, "invalid-request")
    assert reply.body["errors"] == [{"field": "vendor_id", "message": "is required"}]


def test_one_key_is_one_import_and_another_body_under_it_is_refused(shop: Shop) -> None:
    vendor, key = shop.vendor(), {"Idempotency_Key": "monday"}
    first = shop.upload(vendor, FILE, **key)
    again = shop.upload(vendor, FILE, **key)
    assert (again.status, again.body) == (202, first.body)
    assert len(list(shop.lake.keys(""))) == 1
    assert refused(shop.upload(vendor, FILE + "Desk,1,1.00\n", **key)) == (422, "key-reused")
    assert refused(shop.upload(vendor, FILE, "application/json", **key)) == (422, "key-reused")
    other = shop.upload(shop.vendor("Another"), FILE, **key)
    assert (other.status, other.body["id"] == first.body["id"]) == (202, False)


def test_a_request_that_died_before_its_file_was_written_is_made_good_by_its_key(
    shop: Shop,
) -> None:
    vendor, alive = shop.vendor(), shop.lake.before

    def die(*_: Any) -> None:
        raise OSError("no answer")

    shop.lake.before = die
    assert shop.upload(vendor, FILE, Idempotency_Key="k").status == 500
    shop.lake.before = alive
    reply = shop.upload(vendor, FILE, Idempotency_Key="k")
    assert reply.status == 202
    assert len(list(shop.lake.keys(""))) == 1
    assert len(shop.listed(f"/imports?vendor_id={vendor}")) == 1


def test_a_vendors_imports_are_listed_newest_first(shop: Shop, clock: FakeClock) -> None:
    vendor, ids = shop.vendor(), []
    for _ in range(5):
        clock.sleep(1)
        ids.append(shop.upload(vendor, FILE).body["id"])
    shop.upload(shop.vendor("Another"), FILE)
    pages = shop.pages(f"/imports?vendor_id={vendor}")
    assert [[each["id"] for each in page] for page in pages if page] == [
        [ids[4], ids[3]],
        [ids[2], ids[1]],
        [ids[0]],
    ]


@pytest.mark.parametrize(
    "name", ["7", "x-y", "7-", "٣-abc", "1-018f0000-0000-7000-8000-000000000000", "1-" + "9" * 3000]
)
def test_what_names_no_import_is_404(shop: Shop, name: str) -> None:
    assert refused(shop.get(f"/imports/{name}")) == (404, "not-found")


def test_a_cursor_of_another_making_is_refused(shop: Shop) -> None:
    reply = shop.get(f"/imports?vendor_id={shop.vendor()}&cursor=7")
    assert (reply.status, reply.body["errors"][0]["field"]) == (422, "cursor")
