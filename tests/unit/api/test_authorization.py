"""Every route for every identity: whom a route is for gets its answer, and everybody else none.

The requests are the benchmark's exercises, which there are of each route, so that a new route is
asked by everybody here from its first day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.exercises import EXERCISES, Request, Scene
from lambdas.api import authorization
from lambdas.api.app import application
from lambdas.api.authorization import MissingRuleError, guards
from lambdas.api.identity import groups, roles
from lambdas.contracts.access import RULES, Own, Route, Rule, Who
from tests.fake_table import FakeTable
from tests.shop import IDENTIFIED, PRICES_OFF, FakeClock, OwnEventResolver, Reply, Shop, http_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.api.app import Serve

Claims = dict[str, Any]
GUARDED = sorted(route for route, rule in RULES.items() if rule.who is not Who.ANYONE)
OWNED = sorted(route for route, rule in RULES.items() if rule.own)
EXERCISED = sorted(route for route in RULES if route in EXERCISES)
OF_ANOTHER_KIND = {"token_use": "id"}
FORGED = {"cognito:groups": "[admin]", "groups": ["admin"], "sub": "admin", "role": "admin"}


def claims(sub: str, *names: str, **others: Any) -> Claims:
    """As API Gateway hands them on: all are strings, and a list is in brackets."""
    told = {"sub": sub, "token_use": "access", "client_id": "client", **others}
    return told | ({"cognito:groups": f"[{' '.join(names)}]"} if names else {})


ADMIN = claims("an-admin", "admin")
EVERYONE: dict[str, Claims] = {
    "no group, and not registered": claims("nobody"),
    "no group": claims("another-by-default"),
    "another customer": claims("another-customer", "customer"),
    "another vendor": claims("another-vendor", "vendor"),
    "another who is both": claims("another-both", "customer", "vendor"),
    "a customer who is not registered": claims("new-customer", "customer"),
    "a vendor who is not registered": claims("new-vendor", "vendor"),
    "groups that hold the others' names": claims("x", "notadmin", "admins", "customer-admin"),
    "groups in another case": claims("x", "Admin", "ADMIN", "Customer", "VENDOR"),
    "groups as one word": claims("x", "admin,customer,vendor"),
    "a claim that is like the groups'": claims("x", groups="[admin]", role="admin", scope="admin"),
}
"""None of them may ask for what is the owner's."""


class OneThreadedShop(Shop):
    """Has one application for all calls."""

    @cached_property
    def serve(self) -> Serve:
        return application(OwnEventResolver(), self.market, self.sold.append)

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        return self.serve(event, None)


@dataclass
class Town:
    """A shop whose exercises are made by those who may: each customer and vendor has a login."""

    shop: Shop = field(
        default_factory=lambda: OneThreadedShop(FakeTable(), IDENTIFIED, retry=FakeClock().retry())
    )
    owners: dict[str, Claims] = field(default_factory=dict)
    logins: int = 0

    def __post_init__(self) -> None:
        for sub, role in (("another-customer", "customer"), ("another-vendor", "vendor")):
            self.ask(Scene(self).sign_up() if role == "customer" else OPEN_SHOP, claims(sub, role))
        self.ask(Scene(self).sign_up(), claims("another-by-default"))
        both = claims("another-both", "customer", "vendor")
        self.ask(Scene(self).sign_up(), both)
        self.ask(OPEN_SHOP, both)

    def ask(self, request: Request, who: Claims | None, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {**request.headers, **named}
        return self.shop.asked(http_event(request.method, request.path, request.body, sent, who))

    def send(self, request: Request) -> dict[str, Any]:
        """Registers by a new login, which is remembered; all else an administrator does."""
        role = {"/customers/": "customer", "/vendors/": "vendor"}.get(request.path)
        who = ADMIN
        if role:
            self.logins += 1
            who = self.owners[role] = claims(f"{role}-{self.logins}", role)
        reply = self.ask(request, who)
        assert reply.status == request.status, reply
        return reply.body

    def exercise(self, route: Route) -> Request:
        return EXERCISES[route](Scene(self))

    def owner(self, rule: Rule) -> Claims:
        """Whose the last exercise was, or somebody who may register."""
        return self.owners[rule.who.value] if rule.own else claims("newcomer", rule.who.value)


OPEN_SHOP = Request("POST", "/vendors/", {"vendor_name": "Samn", "region": "North"}, 201)


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.mark.parametrize("route", EXERCISED, ids=" ".join)
def test_an_administrator_may_ask_every_route(town: Town, route: Route) -> None:
    request = town.exercise(route)
    assert town.ask(request, ADMIN).status == request.status


@pytest.mark.parametrize("route", EXERCISED, ids=" ".join)
def test_whom_a_route_is_for_may_ask_it(town: Town, route: Route) -> None:
    request, rule = town.exercise(route), RULES[route]
    who = None if rule.who is Who.ANYONE else town.owner(rule)
    assert town.ask(request, ADMIN if rule.who is Who.ADMIN else who).status == request.status


@pytest.mark.parametrize("route", [each for each in EXERCISED if each not in GUARDED], ids=" ".join)
def test_what_is_public_asks_nobody_who_they_are(town: Town, route: Route) -> None:
    for who in (None, *EVERYONE.values()):
        request = town.exercise(route)
        assert town.ask(request, who).status == request.status


@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
def test_without_a_token_nothing_else_is_answered(town: Town, route: Route) -> None:
    request = town.exercise(route)
    asked = [
        town.ask(request, None),
        town.ask(_forged(request), None),
        town.ask(request, None, Authorization="Bearer x.y.z", Cognito_Groups="[admin]"),
        town.ask(request, claims("nobody", "admin", "customer", **OF_ANOTHER_KIND)),
        town.ask(request, claims("", "admin", "customer", "vendor")),
    ]
    for reply in asked:
        assert reply.status == 401
        assert reply.body["type"].endswith(":no-identity")
        assert reply.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("route", OWNED, ids=" ".join)
def test_what_is_somebodys_own_nobody_else_may_ask(town: Town, route: Route) -> None:
    request = town.exercise(route)
    forged = _forged(request)
    for name, who in EVERYONE.items():
        reply = town.ask(request, who, X_Groups="admin", Cognito_Groups="[admin]")
        assert reply.status == 403, (name, reply)
        assert reply.body["needs"] in {"customer", "vendor", "own customer", "own vendor"}
        assert town.ask(forged, who).status in {403, 422}, name
    assert town.ask(request, town.owner(RULES[route])).status == request.status


@pytest.mark.parametrize("route", OWNED, ids=" ".join)
def test_what_is_not_there_is_refused_as_what_is_anothers(town: Town, route: Route) -> None:
    def answers(request: Request) -> list[tuple[int, dict[str, Any]]]:
        found = [town.ask(request, who) for who in EVERYONE.values()]
        return [(each.status, each.body) for each in found]

    request = town.exercise(route)
    anothers = answers(request)
    assert answers(_elsewhere(request)) == anothers


def _forged(request: Request) -> Request:
    """With claims in its body, or in each row of it."""
    rows = request.body if isinstance(request.body, list) else [request.body or {}]
    forged: list[Any] = [{**row, **FORGED} for row in rows]
    body = forged if isinstance(request.body, list) else forged[0]
    return Request(request.method, request.path, body, headers=request.headers)


def _elsewhere(request: Request) -> Request:
    """The same of something that there is not."""
    transaction = "0195a3f0-7c00-7000-8000-00000000dead"
    parts = [
        "987654" if part.isdecimal() else transaction if "-" in part else part
        for part in request.path.split("/")
    ]
    body = request.body
    if isinstance(body, dict) and "user_id" in body:
        body = {**body, "user_id": 987654}
    path = "/".join(parts).replace("vendor_id=", "vendor_id=98765")
    return Request(request.method, path, body, headers=request.headers)


@pytest.mark.parametrize(
    "route", [each for each in GUARDED if RULES[each].own is None], ids=" ".join
)
def test_where_a_group_is_enough_all_others_are_refused(town: Town, route: Route) -> None:
    role = RULES[route].who
    for who in EVERYONE.values():
        if role not in roles(groups(who.get("cognito:groups"))):
            reply = town.ask(town.exercise(route), who)
            assert (reply.status, reply.body["needs"]) == (403, role.value)


@pytest.mark.parametrize("role", ["customer", "vendor"])
def test_who_is_not_registered_is_told_how(town: Town, role: str) -> None:
    path = "/cart/7" if role == "customer" else "/vendors/7"
    method = "GET" if role == "customer" else "DELETE"
    reply = town.ask(Request(method, path), claims("new", role))
    assert reply.status == 403
    assert reply.body["type"].endswith(":not-registered")
    assert f"POST /{role}s with this token" in reply.body["detail"]


@pytest.mark.parametrize("table", ["fake", "dynamo"])
@pytest.mark.parametrize("role", ["customer", "vendor"])
def test_a_login_registers_once(role: str, table: str, request: pytest.FixtureRequest) -> None:
    over = FakeTable() if table == "fake" else request.getfixturevalue("shop").table
    shop = Shop(over, IDENTIFIED, retry=FakeClock().retry())
    who = claims("one", role)
    scene = Scene(Town())
    first, again = (
        shop.asked(http_event("POST", f"/{role}s", _registration(scene, role), claims=who))
        for _ in range(2)
    )
    assert (first.status, again.status) == (201, 409)
    assert again.body["type"].endswith(":already-registered")
    assert over.linked(role, "one") == first.body["id"]
    assert shop.get(f"/{role}s/{first.body['id'] + 1}").status in {401, 404}


def _registration(scene: Scene, role: str) -> Any:
    return (scene.sign_up() if role == "customer" else OPEN_SHOP).body


def test_what_an_administrator_registers_belongs_to_no_login(town: Town) -> None:
    assert town.ask(Scene(town).sign_up(), ADMIN).status == 201
    assert town.shop.table.linked("customer", "an-admin") is None


def test_an_address_that_is_taken_links_nobody(shop: Shop) -> None:
    identified = Shop(shop.table, IDENTIFIED)
    body = {"first_name": "A", "last_name": "B", "email": "a@b.example"}
    first, second = (
        identified.asked(http_event("POST", "/customers", body, claims=claims(sub, "customer")))
        for sub in ("one", "two")
    )
    assert (first.status, second.status) == (201, 409)
    assert second.body["type"].endswith(":email-taken")
    assert shop.table.linked("customer", "two") is None


def test_a_vendor_restores_an_item_but_not_itself(town: Town) -> None:
    request = town.exercise(("POST", "/inventory/<item_id>/restore"))
    vendor = town.owners["vendor"]
    assert town.ask(request, vendor).status == 200
    town.exercise(("POST", "/vendors/<vendor_id>/restore"))
    restore = Request("POST", f"/vendors/{town.logins}/restore")
    assert town.ask(restore, town.owners["vendor"]).status == 403


@pytest.mark.parametrize(
    ("claim", "names"),
    [
        ("[customer admin]", {"customer", "admin"}),
        ("[admin]", {"admin"}),
        ("[]", set()),
        (["customer", "admin"], {"customer", "admin"}),
        ("admin", {"admin"}),
        ("customer,admin", {"customer,admin"}),
        ("[notadmin]", {"notadmin"}),
        ("[[admin]]", {"[admin]"}),
        ("[admin", {"[admin"}),
        (["customer admin"], {"customer admin"}),
        ([7, None, ""], set()),
        (None, set()),
        ("", set()),
        ({"admin": True}, set()),
    ],
)
def test_groups_are_names_as_a_whole(claim: Any, names: set[str]) -> None:
    assert groups(claim) == names


@pytest.mark.parametrize(
    ("names", "known"),
    [
        ({"admin"}, {Who.ADMIN}),
        ({"vendor", "customer"}, {Who.VENDOR, Who.CUSTOMER}),
        ({"vendor", "staff"}, {Who.VENDOR}),
        (set(), {Who.CUSTOMER}),
        ({"notadmin", "admins", "Admin", "anyone"}, {Who.CUSTOMER}),
    ],
)
def test_who_is_in_no_group_of_ours_is_a_customer(names: set[str], known: set[Who]) -> None:
    assert roles(frozenset(names)) == known


def test_an_application_with_a_route_that_has_no_rule_does_not_start() -> None:
    table = FakeTable()
    for routes in ([*RULES, ("GET", "/secrets")], [*RULES][1:]):
        with pytest.raises(MissingRuleError, match="without a r"):
            guards(routes, table, identified=True)
        with pytest.raises(MissingRuleError, match="without a r"):
            guards(routes, table, identified=False)


def test_every_thing_that_a_rule_names_has_an_owner() -> None:
    assert {rule.own.thing for rule in RULES.values() if rule.own} == authorization.OWNERS.keys()
    assert isinstance(RULES["PATCH", "/inventory/<item_id>"].own, Own)


def test_without_identities_everybody_may_do_everything() -> None:
    shop = Shop(FakeTable(), PRICES_OFF)
    customer = shop.customer()
    assert shop.get("/customers").status == 200
    assert shop.get(f"/cart/{customer}").status == 200


def test_every_answer_says_that_it_is_no_page_and_nobody_elses(town: Town) -> None:
    asked: list[Callable[[], Reply]] = [
        lambda: town.ask(Request("GET", "/health"), None),
        lambda: town.ask(Request("GET", "/customers"), None),
        lambda: town.ask(Request("GET", "/nowhere"), None),
    ]
    for ask in asked:
        headers = ask().headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "private, no-cache"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_body_that_is_too_large_is_refused_unread(town: Town) -> None:
    body = {"user_id": 1, "cart": [], "padding": "x" * 300_000}
    reply = town.ask(Request("POST", "/cart", body), ADMIN)
    assert (reply.status, reply.body["limit"]) == (413, 256 * 1024)
