"""Lists and searches: what is in them, in which order, and how their pages follow each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import combining

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lambdas.api.listing import LONGEST_FOLDED, folded
from tests.shop import TABLE, line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.shop import FakeClock, Shop


DECOMPOSED = "e\u0301tude"


def names(found: list[dict[str, Any]], name: str = "vendor_name") -> list[str]:
    return [each[name] for each in found]


def fields(refused: Any) -> set[str]:
    assert refused.status == 422, refused
    return {error["field"] for error in refused.body["errors"]}


def test_a_list_is_in_the_order_of_names_and_equal_names_in_that_of_ids(shop: Shop) -> None:
    for name in ("beta", "Alpha", "alpha", "Alpha 2", "alpha", "Émile", "emil", "zeta"):
        shop.vendor(name)
    in_order = ["Alpha", "alpha", "alpha", "Alpha 2", "beta", "emil", "Émile", "zeta"]
    assert names(shop.listed("/vendors")) == in_order
    assert [each["id"] for each in shop.listed("/vendors/?vendor_name=ALPHA")] == [2, 3, 5, 4]


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("strasse", ["Straße 7", "STRASSE"]),
        ("STRAẞE", ["Straße 7", "STRASSE"]),
        ("e", ["Éclair", DECOMPOSED]),
        ("ÉT", [DECOMPOSED]),
        ("%EF%BC%AC", ["Lamp"]),  # a full-width L
        ("oslo", []),
        ("%20lamp%20", ["Lamp"]),
    ],
)
def test_a_prefix_finds_names_in_any_case_width_and_composition(
    shop: Shop, prefix: str, found: list[str]
) -> None:
    for name in ("Straße 7", "STRASSE", "Éclair", DECOMPOSED, "Lamp"):
        shop.vendor(name)
    assert sorted(names(shop.listed(f"/vendors?vendor_name={prefix}"))) == sorted(found)


text = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)


@given(name=text, cut=st.integers(1, 12))
def test_what_begins_a_name_still_does_so_folded(name: str, cut: int) -> None:
    # A cut before a mark is no beginning: the marks of a letter have an order of their own.
    assume(not combining(folded(name[cut:])[:1] or " "))
    assert folded(name).startswith(folded(name[:cut]))
    assert folded(folded(name)) == folded(name)


def test_names_longer_than_a_key_are_found_by_all_of_their_letters(shop: Shop) -> None:
    swells = "\ufdfa" * 200  # one letter of three bytes that folds to thirty-three
    first, second = shop.vendor(f"{swells}a"), shop.vendor(f"{swells}b")
    assert len(folded(swells).encode()) > LONGEST_FOLDED
    assert [each["id"] for each in shop.listed("/vendors")] == [first, second]
    found = shop.listed(f"/vendors?vendor_name={swells}B", limit=1)
    assert [each["id"] for each in found] == [second]


def test_pages_are_as_long_as_asked_and_the_last_one_has_no_next(shop: Shop) -> None:
    for number in range(4):
        shop.vendor(f"V{number}")
    assert [len(page) for page in shop.pages("/vendors", limit=2)] == [2, 2]
    assert [len(page) for page in shop.pages("/vendors", limit=3)] == [3, 1]
    assert shop.get("/vendors").body["next"] is None
    assert shop.get("/customers").body == {"results": [], "next": None}


def test_customers_are_found_by_email_or_by_what_their_first_name_begins_with(shop: Shop) -> None:
    ada = shop.customer("Ada@example.com", "Ada")
    adam = shop.customer("adam@example.com", "Adam")
    shop.customer("bob@example.com", "Bob")
    assert [each["id"] for each in shop.listed("/customers?first_name=ada")] == [ada, adam]
    [found] = shop.listed("/customers?email=ADA@example.com")
    assert found == shop.get(f"/customers/{ada}").body
    assert shop.listed("/customers?email=nobody@example.com") == []
    assert len(shop.listed("/customers")) == 3


def test_items_are_found_by_name_vendor_and_category(shop: Shop) -> None:
    one, other = shop.vendor("One"), shop.vendor("Other")
    desk = shop.item(one, name="Desk lamp", category="Light")
    lamp = shop.item(one, name="Lamp", category=1)
    lantern = shop.item(other, name="Lantern", category="Light")

    def ids(query: str) -> list[int]:
        return [each["id"] for each in shop.listed(query)]

    assert ids("/inventory") == [desk, lamp, lantern]
    assert ids("/inventory?item_name=la") == [lamp, lantern]
    assert ids(f"/inventory?vendor_id={one}") == ids(f"/vendors/{one}/items") == [desk, lamp]
    assert ids(f"/inventory?vendor_id={one}&item_name=l") == [lamp]
    assert ids(f"/vendors/{one}/items?item_name=DESK") == [desk]
    assert ids("/inventory?category=LIGHT") == ids("/inventory?category=2") == [desk, lantern]
    assert ids("/inventory?category=light&item_name=lan") == [lantern]
    assert ids("/inventory?category=Garden") == ids("/inventory?category=99") == []
    assert shop.get("/vendors/99/items").status == 404
    assert shop.get("/inventory?vendor_id=99").status == 404


def test_a_customers_transactions_come_newest_first(shop: Shop, clock: FakeClock) -> None:
    vendor, ada, bob = shop.vendor(), shop.customer(), shop.customer("bob@example.com")
    lamp = shop.item(vendor)
    bought = []
    for user in (ada, bob, ada, ada):
        shop.fill(user, line(lamp, vendor))
        bought.append(shop.post("/checkout", {"user_id": user}).body["transaction_id"])
        clock.sleep(1)
    found = shop.listed(f"/customers/{ada}/transactions")
    assert [each["transaction_id"] for each in found] == [bought[3], bought[2], bought[0]]
    assert found[0] == shop.get(f"/transactions/{bought[3]}").body
    assert shop.get("/customers/99/transactions").status == 404


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("/customers?limit=0", {"limit"}),
        ("/customers?limit=101", {"limit"}),
        ("/customers?limit=1&limit=2", {"limit"}),
        ("/customers?limit=ten&first_name=", {"limit", "first_name"}),
        ("/customers?email=a@b.c&first_name=a", {"email", "first_name"}),
        ("/customers?email=a@b.c&cursor=x", {"email", "cursor"}),
        ("/customers?last_name=L", {"last_name"}),
        ("/vendors?name=x", {"name"}),
        ("/inventory?vendor_id=1&category=1", {"vendor_id", "category"}),
        ("/inventory?vendor_id=x", {"vendor_id"}),
        ("/vendors/1/items?vendor_id=2", {"vendor_id"}),
        ("/customers/1/transactions?since=yesterday", {"since"}),
        ("/vendors?cursor=", {"cursor"}),
        ("/vendors?cursor=%C3%A9", {"cursor"}),
        ("/vendors?cursor=AAAA", {"cursor"}),
        ("/vendors?cursor=" + "A" * 5000, {"cursor"}),
    ],
)
def test_what_no_list_can_mean_is_refused_by_name(shop: Shop, query: str, named: set[str]) -> None:
    assert fields(shop.get(query)) == named


def test_a_cursor_goes_on_in_its_own_query_only_and_unchanged(shop: Shop) -> None:
    vendor = shop.vendor()
    for number in range(3):
        shop.vendor(f"V{number}")
        shop.item(vendor, name=f"V{number}")
    cursor = shop.get("/vendors?vendor_name=v&limit=1").body["next"]
    assert shop.get(f"/vendors?vendor_name=V&limit=9&cursor={cursor}").status == 200
    for other in (
        "/vendors?",
        "/vendors?vendor_name=v0&",
        "/inventory?item_name=v&",
        f"/vendors/{vendor}/items?item_name=v&",
        "/customers?first_name=v&",
    ):
        assert fields(shop.get(f"{other}cursor={cursor}")) == {"cursor"}
    for place in range(0, len(cursor), 7):
        changed = cursor[:place] + ("B" if cursor[place] == "A" else "A") + cursor[place + 1 :]
        assert fields(shop.get(f"/vendors?vendor_name=v&cursor={changed}")) == {"cursor"}
    assert fields(shop.get(f"/vendors?vendor_name=v&cursor={cursor[:-4]}")) == {"cursor"}


def test_what_is_renamed_or_deleted_between_pages_is_in_none_that_follows(shop: Shop) -> None:
    first, second, third = (shop.vendor(name) for name in ("A", "B", "C"))
    page = shop.get("/vendors?limit=1").body
    shop.delete(f"/vendors/{second}")
    shop.patch(f"/vendors/{first}", {"vendor_name": "D"})
    rest = shop.get(f"/vendors?cursor={page['next']}").body["results"]
    assert [each["id"] for each in rest] == [third, first]


def test_an_index_that_lags_shows_nothing_that_is_no_longer_so(
    shop: Shop, client: DynamoDBClient
) -> None:
    vendors = [shop.vendor(name) for name in ("A", "B", "C")]
    page = shop.get("/vendors?limit=1").body

    def behind_the_index(number: int, expression: str, **values: Any) -> None:
        client.update_item(
            TableName=TABLE,
            Key={"PK": {"S": f"VENDOR#{number}"}, "SK": {"S": "VENDOR"}},
            UpdateExpression=expression,
            ExpressionAttributeValues=values,
        )

    behind_the_index(vendors[1], "SET vendor_name = :name", **{":name": {"S": "Z"}})
    behind_the_index(vendors[2], "SET deleted = :yes", **{":yes": {"BOOL": True}})
    rest = shop.get(f"/vendors?limit=1&cursor={page['next']}").body
    assert (rest["results"], rest["next"] is None) == ([], False)
    assert shop.listed("/vendors") == [shop.get(f"/vendors/{vendors[0]}").body]


def test_an_entity_from_before_the_indexes_is_listed_from_its_next_write_on(
    shop: Shop, client: DynamoDBClient
) -> None:
    vendor = shop.vendor()
    lamp = shop.item(vendor)
    client.update_item(
        TableName=TABLE,
        Key={"PK": {"S": f"ITEM#{lamp}"}, "SK": {"S": "ITEM"}},
        UpdateExpression="REMOVE name_key, offered_by, moves",
    )
    assert shop.listed("/inventory") == []
    assert shop.get(f"/inventory/{lamp}").headers["ETag"] == '"1.0"'
    rewritten = shop.patch(f"/inventory/{lamp}", {})
    assert (rewritten.status, rewritten.headers["ETag"]) == (200, '"1.0"')
    assert len(shop.listed("/inventory")) == len(shop.listed(f"/vendors/{vendor}/items")) == 1


def test_no_request_scans(shop: Shop, client: DynamoDBClient) -> None:
    asked: list[tuple[str, Any]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked.append((model.name, params))

    client.meta.events.register("before-parameter-build.dynamodb", note)
    try:
        vendor = shop.vendor()
        user = shop.customer()
        shop.fill(user, line(shop.item(vendor), vendor))
        shop.post("/checkout", {"user_id": user})
        for path in (
            "/customers",
            "/customers?email=ada@example.com",
            "/vendors?vendor_name=s",
            "/inventory",
            "/inventory?category=1",
            f"/vendors/{vendor}/items",
            f"/customers/{user}/transactions",
        ):
            assert len(shop.listed(path)) == 1
    finally:
        client.meta.events.unregister("before-parameter-build.dynamodb", note)
    assert "Scan" not in {operation for operation, _ in asked}
    queries = [params for operation, params in asked if operation == "Query"]
    assert len(queries) == 6
    assert all("IndexName" in params for params in queries)
    assert not any("FilterExpression" in params for params in queries)
