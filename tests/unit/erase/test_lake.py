"""Every version of every object: what holds the person goes, by the fate of its prefix."""

from __future__ import annotations

import gzip
import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.contracts import BY_TABLE
from lambdas.erase import bucket
from lambdas.erase.bucket import Bucket
from lambdas.erase.contents import look
from lambdas.erase.fates import Fate, fate, goes_anyway, zone
from lambdas.erase.ledger import Erasure, Replaced
from lambdas.erase.person import Person
from lambdas.lake.layout import erasure_key
from lambdas.runtime.observe import logger
from tests.publishing import parquet, quick_render, row, table
from tests.stream import customer, raw_object, text

if TYPE_CHECKING:
    from tests.unit.erase.conftest import World

RAW = "raw/customer/dt=2026-03-17/1-2-abc.ndjson.gz"
GOLD, STATE = "gold/customer/part-0.parquet", "work/state/customer/bucket-0.parquet"
CUSTOMER = BY_TABLE["customer"]
HER_ROW = quick_render(table(CUSTOMER, [row(CUSTOMER, 1, 1)]), 1)
NOBODY = dict.fromkeys(("first_name", "last_name", "email"))
EMPTY_ROW = quick_render(table(CUSTOMER, [{**row(CUSTOMER, 1, 2), **NOBODY}]), 2)
QUOTE = raw_object({"code": "too_long", "original": {"text": json.dumps(customer(1))}})


@pytest.fixture(autouse=True)
def _signed_up(world: World) -> None:
    world.dynamodb.put_item(TableName="shop", Item=customer(1)["dynamodb"]["NewImage"])


def holds(world: World, person: dict[str, Any]) -> list[str]:
    found = world.call("search", place="lake", person=person)
    assert found["hits"] == len(found["places"])
    return [place.rpartition("@")[0] for place in found["places"]]


def test_each_prefix_has_its_fate(world: World) -> None:
    world.put(RAW, raw_object(customer(1), customer(2)))
    for key in (GOLD, STATE):
        world.put(key, HER_ROW)
        world.put(key, EMPTY_ROW)
    derived = {
        "cleaned/customer/dt=2026-03-17/x.parquet": HER_ROW,
        "work/delta/r1/customer/bucket-0.parquet": HER_ROW,
        "quarantine/customer/dt=2026-03-17/x.ndjson.gz": QUOTE,
        "work/sandbox/me/copy.csv": b"1,ada1@example.org",
        "runs/r1/failure.json": b'{"cause": "ada1@example.org"}',
        "athena/1.csv": b"Ada1,Lovelace",
        "work/replay/old/gold/sales/month=2026-03/part-0.parquet": b"a replay is whole or nothing",
        "runs/replay-old/report.json": b"{}",
    }
    kept = {
        "runs/r1/record.json": b'{"counts": {}}',
        "cleaned/vendor/dt=2026-03-17/x.parquet": b"PAR1",
        "quarantine/item/dt=2026-03-17/x.ndjson.gz": raw_object({"original": {"text": "x"}}),
    }
    for key, body in {**derived, **kept}.items():
        world.put(key, body)
    person = world.erased()
    assert holds(world, person) == []
    left = dict(world.versions())
    assert set(left) == {*kept, RAW, GOLD, STATE, erasure_key(1)}
    assert world.versions("gold/") == [(GOLD, True)]


def test_what_is_shown_now_is_left_to_the_publisher(world: World) -> None:
    world.put(RAW, raw_object(customer(1)))
    world.put(GOLD, HER_ROW)
    assert world.call("shown") == {"shown": True}
    person = world.erased()
    assert holds(world, person) == [GOLD]
    world.put(GOLD, EMPTY_ROW)
    assert world.call("shown") == {"shown": False}


def test_every_version_of_a_raw_object_is_data_and_each_loses_her(world: World) -> None:
    world.put(RAW, raw_object(customer(1)))
    world.put(RAW, raw_object(customer(2)))
    world.put(RAW, raw_object(customer(1, rev=2), customer(3)))
    person = world.erased()
    assert holds(world, person) == []
    assert len(world.versions(RAW)) == 3


def test_the_ledger_names_replaced_versions_and_nothing_of_her(world: World) -> None:
    world.put(RAW, raw_object(customer(1)))
    [version] = world.s3.list_object_versions(Bucket="lake", Prefix=RAW)["Versions"]
    world.erased()
    body = world.body(erasure_key(1))
    assert Erasure.from_json(body).replaced == [Replaced(RAW, version["VersionId"])]
    assert b"ada" not in body.lower()


def test_a_second_erasure_finds_nothing_to_do(world: World) -> None:
    world.put(RAW, raw_object(customer(1)))
    world.erased()
    before = world.s3.list_object_versions(Bucket="lake")["Versions"]
    person = world.erased()
    assert person == {"addresses": [], "names": []}
    assert world.s3.list_object_versions(Bucket="lake")["Versions"] == before


class KilledError(Exception):
    """The function died here."""


@pytest.mark.parametrize(("method", "calls"), [("put", 1), ("delete", 1), ("put", 2)])
def test_whoever_dies_is_gone_on_from_where_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str, calls: int
) -> None:
    """The addresses are still known, and no line is there twice."""
    loose = b"write to old@example.org"
    world.put(
        "raw/customer/dt=2026-03-17/a.gz", raw_object(customer(1, email=text("old@example.org")))
    )
    world.put("raw/customer/dt=2026-03-17/b.gz", raw_object(customer(1), loose, customer(2)))
    world.put("raw/customer/dt=2026-03-17/c.gz", raw_object(loose))
    done = 0
    whole = getattr(Bucket, method)

    def dying(self: Bucket, *arguments: Any) -> None:
        nonlocal done
        whole(self, *arguments)
        done += 1
        if done == calls:
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, method, dying)
        with pytest.raises(KilledError):
            world.erased()
    person = world.erased()
    assert "old@example.org" in person["addresses"]
    assert holds(world, person) == []
    assert len(world.versions("raw/")) == 3


def test_slices_go_on_where_the_last_one_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket.Bucket, "__init__", _with_pages_of(2))
    for number in range(5):
        world.put(
            f"raw/customer/dt=2026-03-17/{number}.gz", raw_object(customer(1, rev=number + 1))
        )
    after, revs, slices = None, [], 0
    while True:
        answer = world.call("learn", remaining_ms=0, after=after)
        revs.append(answer["rev"])
        slices, after = slices + 1, answer["next"]
        if after is None:
            break
    assert (slices, max(revs)) == (3, 5)


def _with_pages_of(size: int) -> Any:
    def init(self: Bucket, client: Any, name: str) -> None:
        for field, value in {"client": client, "name": name, "page_size": size}.items():
            object.__setattr__(self, field, value)

    return init


def test_a_plan_counts_by_zone_and_changes_nothing(world: World) -> None:
    body = raw_object(customer(1))
    world.put(RAW, body)
    world.put(GOLD, HER_ROW)
    world.put("athena/1.csv", b"x")
    before = world.s3.list_object_versions(Bucket="lake")["Versions"]
    planned = world.call("plan", place="lake", person=world.call("learn")["person"])["zones"]
    assert planned["raw/"]["fates"] == {"replaced": {"objects": 1, "bytes": len(body)}}
    assert planned["gold/"]["fates"]["published"]["objects"] == 1
    assert planned["athena/"]["fates"]["deleted"]["objects"] == 1
    assert world.s3.list_object_versions(Bucket="lake")["Versions"] == before


def test_the_name_of_an_object_is_searched_too(world: World) -> None:
    world.put("raw/customer/ada1@example.org.csv", b"x")
    person = Person(1, frozenset({"ada1@example.org"})).to_dict()
    assert holds(world, person) == ["raw/customer/ada1@example.org.csv"]


def _order(number: int) -> dict[str, Any]:
    return {"order": number, "mail": f"ada{number}@example.org"}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([_order(1), _order(2)]).encode(),
        b"id;mail\r1;ada1@example.org\r2;ada2@example.org\r",
        "id;mail\n1;ADA1@example.org\n2;ada2@example.org\n".encode("utf-16"),
        "id;mail\n1;ada1@example.org\n2;ada2@example.org\n".encode("utf-16-be"),
        gzip.compress("name;mail\nJ\xf6rg \x80;ada1@example.org\n".encode("latin-1")),
        parquet(customer_id=["77"], mail=["ada1@example.org"]),
    ],
    ids=["one line", "cr", "utf-16-le", "utf-16-be", "cp1252", "parquet"],
)
def test_a_shops_file_stays_as_it_is_and_is_named_if_it_holds_her(
    world: World, body: bytes
) -> None:
    held, other = "raw/shop/dt=2026-03-17/orders", "raw/shop/others.csv"
    world.put(RAW, raw_object(customer(1)))
    world.put(held, body)
    world.put(other, b"id;mail\n2;ada2@example.org\n")
    person = world.call("learn")["person"]
    world.call("mark")
    for stage in ("derived", "damaged", "raw"):
        done = world.call("erase", place="lake", stage=stage, person=person)
    assert done["zones"]["raw/"]["fates"]["left"]["objects"] == 1
    assert done["zones"]["raw/"]["fates"]["replaced"]["objects"] == 1
    assert world.body(held) == body
    assert world.versions("raw/shop/") == [(held, True), (other, True)]
    assert holds(world, person) == [held]


def test_folders_that_say_who_she_is_count_as_what_is_in_them(world: World) -> None:
    name = "shop/Mail=ADA1%40example.org/orders"
    for place in ("raw/", "cleaned/customer/", "quarantine/"):
        world.put(f"{place}{name}", b"x")
    person = Person(1, frozenset({"ada1@example.org"})).to_dict()
    world.call("mark")
    for stage in ("derived", "damaged", "raw"):
        done = world.call("erase", place="lake", stage=stage, person=person)
    assert done["zones"]["raw/"]["fates"]["left"]["objects"] == 1
    assert holds(world, person) == [f"raw/{name}"]


def test_what_a_shop_says_in_the_apis_words_tells_nothing_of_her(world: World) -> None:
    world.put("raw/shop/a.ndjson", raw_object(customer(1, email=text("other@example.org"))))
    assert world.call("learn")["person"]["addresses"] == ["ada1@example.org"]


def test_what_capture_gave_up_goes_if_it_holds_her(world: World) -> None:
    payload = json.dumps({"payload": json.dumps({"Records": [customer(1)]})}).encode()
    world.put("aws/lambda/1", payload, bucket="failures")
    world.put("aws/lambda/2", payload.replace(b"ada1@", b"ada2@").replace(b"#1", b"#2"), "failures")
    person = Person(1, frozenset({"ada1@example.org"})).to_dict()
    done = world.call("erase", place="failures", person=person)
    assert done["zones"]["aws/"]["fates"]["deleted"]["objects"] >= 1
    assert "aws/lambda/1" not in dict(world.versions(bucket="failures"))


def test_fates_are_told_by_prefix_and_unknown_places_are_left_to_people() -> None:
    assert fate(RAW, current=False) is Fate.REPLACE
    assert fate("raw/unclassified/dt=unknown/1-2-abc.ndjson.gz", current=False) is Fate.REPLACE
    for key in ("raw/x", "raw/shop/a.csv", "raw/shop/dt=2026-03-17/a.csv", "raw/customer/a.csv"):
        assert fate(key, current=False) is Fate.LEAVE
    assert fate(GOLD, current=True) is fate(STATE, current=True) is Fate.PUBLISH
    assert fate(GOLD, current=False) is fate(STATE, current=False) is Fate.DELETE
    assert fate("runs/r1/record.json", current=True) is Fate.LEAVE
    assert fate("elsewhere/x", current=True) is Fate.LEAVE
    assert not goes_anyway("runs/replay-1-abc/record.json")
    assert [zone(key) for key in ("raw/a/b", "work/delta/r/x", "loose")] == [
        "raw/",
        "work/delta/",
        "",
    ]


def test_nothing_of_her_is_logged(world: World) -> None:
    said = io.StringIO()
    listener = logging.StreamHandler(said)
    listener.setFormatter(logger.registered_formatter)
    logger.addHandler(listener)
    world.put(RAW, raw_object(customer(1), b"ada1@example.org"))
    person = world.erased()
    assert holds(world, person) == []
    assert '"action":"search"' in said.getvalue()
    assert not look(Person.from_dict(1, person), said.getvalue().encode()).holds
