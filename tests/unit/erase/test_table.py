"""The customer's item becomes an erased one, above every rev that is known; the cart with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from lambdas.api.entities import Ref
from lambdas.api.images import cart_key, email_key, entity_key, login_key, plain, typed
from lambdas.erase.handler import EraseRequestError
from lambdas.erase.person import Person
from lambdas.erase.table import ChangingError, Table, UnknownCustomerError
from tests.stream import cart, customer, item, text

if TYPE_CHECKING:
    from tests.unit.erase.conftest import World

HER_KEY, HER_CART = entity_key(Ref("customer", 1)), cart_key(1)
PERSON = Person(1, frozenset({"ada1@example.org"})).to_dict()


def put(world: World, *records: dict[str, Any]) -> None:
    for each in records:
        image = each["dynamodb"]["NewImage"] if "dynamodb" in each else each
        world.dynamodb.put_item(TableName="shop", Item=image)


def test_nothing_but_the_key_is_left_of_the_customer_and_the_cart_is_empty(world: World) -> None:
    put(world, customer(1, rev=3, name_key=text("ada3#1")), cart(1, rev=5, lines=2, ever=4))
    assert world.call("mark") == {"marked": True}
    erased = plain(world.item(HER_KEY))
    assert erased == {
        "PK": "CUSTOMER#1",
        "SK": "CUSTOMER",
        "entity": "customer",
        "customer_id": 1,
        "joined_at": erased["joined_at"],
        "rev": 4,
        "deleted": True,
        "erased": True,
    }
    emptied = plain(world.item(HER_CART))
    assert (emptied["rev"], emptied["lines"], emptied["lines_ever"]) == (6, [], 4)


def test_a_cart_that_never_was_is_written_so_that_none_can_be_begun(world: World) -> None:
    put(world, customer(1))
    world.call("mark")
    assert plain(world.item(HER_CART))["erased"] is True


def test_the_erased_state_is_above_whatever_raw_knows(world: World) -> None:
    put(world, customer(1, rev=3))
    world.call("mark", rev=9)
    assert plain(world.item(HER_KEY))["rev"] == 10


def test_marking_again_writes_nothing(world: World) -> None:
    put(world, customer(1))
    world.call("mark")
    before = world.item(HER_KEY), world.item(HER_CART)
    assert world.call("mark") == {"marked": False}
    assert (world.item(HER_KEY), world.item(HER_CART)) == before


def test_what_came_to_raw_above_the_erased_state_is_passed_by_another(world: World) -> None:
    put(world, customer(1))
    world.call("mark")
    assert world.call("mark", rev=7) == {"marked": True}
    assert plain(world.item(HER_KEY))["rev"] == 8
    assert world.call("mark", rev=8) == {"marked": False}


def test_a_restored_table_that_is_older_than_the_customer_gets_the_erased_state(
    world: World,
) -> None:
    assert world.call("mark", rev=4) == {"marked": True}
    assert plain(world.item(HER_KEY))["rev"] == 5


def test_somebody_who_never_was_is_named(world: World) -> None:
    with pytest.raises(UnknownCustomerError, match="no customer 1"):
        world.call("mark")


def test_a_customer_who_keeps_changing_is_left_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world, customer(1, rev=1))
    stale = world.item(HER_KEY)
    put(world, customer(1, rev=2))
    monkeypatch.setattr(Table, "customer", lambda _self, _id: stale)
    with pytest.raises(ChangingError):
        world.call("mark")
    assert world.item(HER_KEY)["rev"] == {"N": "2"}
    assert not world.item(HER_CART)


def test_what_fails_otherwise_is_not_taken_for_a_race(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world, customer(1))
    monkeypatch.setenv("TABLE_NAME", "elsewhere")
    with pytest.raises(ClientError):
        world.call("mark")


def test_bookkeeping_that_holds_her_goes_and_that_of_others_stays(world: World) -> None:
    hers = email_key("Ada1@example.org") | typed({"entity": "unique", "owner_id": 1})
    others = email_key("old@example.org") | typed({"entity": "unique", "owner_id": 2})
    claims = [
        typed({"PK": f"IDEMPOTENCY#{n}", "SK": "IDEMPOTENCY", "answer": answer})
        for n, answer in enumerate(['{"email": "ada1@example.org"}', '{"id": 2}'])
    ]
    named_so = item(item_name=text("ada1@example.org"))
    logins = [
        login_key(role, f"sub-{owner}") | typed({"entity": "unique", "owner_id": owner})
        for role, owner in (("customer", 1), ("customer", 2), ("vendor", 1))
    ]
    put(world, hers, others, *claims, *logins, customer(2), named_so)
    done = world.call("erase", place="shop", person=PERSON)
    assert (done["searched"], done["deleted"], done["hits"]) == (9, 3, 1)
    left = [bool(world.item({name: each[name] for name in ("PK", "SK")})) for each in logins]
    assert left == [False, True, True]
    assert done["places"] == ["shop: ITEM#1"]
    assert not world.item({name: hers[name] for name in ("PK", "SK")})
    assert world.item({name: others[name] for name in ("PK", "SK")})
    assert world.call("search", place="control", person=PERSON)["hits"] == 0


def test_a_search_names_no_address_even_where_it_is_a_key(world: World) -> None:
    put(world, email_key("ada1@example.org") | typed({"entity": "unique", "owner_id": 1}))
    assert world.call("search", place="shop", person=PERSON)["places"] == ["shop: UNIQUE#"]


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"action": "burn"}, "action must be one of"),
        ({"action": "mark", "customer": "1"}, "customer: '1' must be a whole number"),
        ({"action": "erase", "place": "control"}, "place must be one of"),
        ({"action": "erase", "place": "lake"}, "stage must be one of"),
    ],
)
def test_a_request_that_means_nothing_says_what_it_lacks(
    world: World, event: dict[str, Any], says: str
) -> None:
    with pytest.raises(EraseRequestError, match=says):
        world.call(**event)
