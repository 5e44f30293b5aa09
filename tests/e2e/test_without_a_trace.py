"""A customer is erased from everything that runs here, and nobody else is.

The file's name puts it behind the tests of the day's traffic, whose sums it would change.
"""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
import requests

from lambdas.erase.person import Person
from local import operate
from local.erase import erase
from local.logins import ADMIN, Login
from local.operate import OperateError
from local.queries import ENGINES, ask, ask_athena
from local.reconcile import totals
from tests.e2e.test_walking_pipeline import wait_until_idle
from tests.stream import customer as customer_record
from tests.stream import raw_object, text

if TYPE_CHECKING:
    from local.pipeline import Pipeline, RawVersion
    from local.reconcile import Totals

pytestmark = pytest.mark.xdist_group("cloud")
ADDRESS = "Zo\u00eb.Trace@example.com"
FIRST_ADDRESS, OLD_ADDRESS = "zoe.first@example.org", "zt+old@example.net"
DAMAGED = 'order of <\\u007at+old@example.net>, "broken'
STRANGER = 900_000
"""Another's record, in one object with hers."""
CUSTOMERS = "SELECT customer_id, first_name, last_name, email FROM customer"


@dataclass(frozen=True)
class Shop:
    pipeline: Pipeline

    @cached_property
    def login(self) -> Login:
        return Login(self.pipeline.access, ADMIN)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        access = self.pipeline.access
        return requests.request(
            method,
            access.api_url + path,
            json=body,
            headers=headers,
            auth=self.login,
            verify=access.certificate,
            timeout=60,
        )

    def made(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        answer = self.call("POST", path, body, **headers)
        assert answer.ok, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def cart(self, customer: int, item: dict[str, Any]) -> dict[str, Any]:
        line = {"item_id": item["id"], "vendor_id": item["vendor_id"], "qty": 2}
        prices = {"unit_price": "5.00", "total_price": "10.00"}
        return {"user_id": customer, "cart": [line | prices]}


@dataclass(frozen=True)
class Before:
    """Who was there and what was sold before the erasure; `item` is what they bought.

    `promoted` is what other tests left, some of it twice and on purpose.
    """

    zoe: int
    namesake: int
    item: dict[str, Any]
    promoted: set[RawVersion]
    sums: dict[str, Totals]


@pytest.fixture(scope="module")
def before(pipeline: Pipeline) -> Before:
    """Sales, a cart, keys, old addresses, damaged lines, query results and forgotten copies."""
    shop, promoted = Shop(pipeline), set(pipeline.promoted())
    name = {"first_name": "Zo\u00eb", "last_name": "Trace"}
    zoe = shop.made("/customers/", {**name, "email": FIRST_ADDRESS})["id"]
    moved = shop.call("PATCH", f"/customers/{zoe}", {"email": ADDRESS}, **{"If-Match": "*"})
    assert moved.ok, moved.text
    namesake = shop.made("/customers/", {**name, "email": "other.zoe@example.com"})["id"]
    vendor = shop.made("/vendors/", {"vendor_name": "Books", "region": "North"})["id"]
    offer = {"item_name": "Atlas", "category": "Books", "price": "5.00"}
    item = shop.made(f"/inventory/?vendor_id={vendor}", offer)
    for each in (zoe, namesake):
        shop.made("/cart/", shop.cart(each, item))
        key = {"Idempotency-Key": f"trace-{each}"}
        shop.made("/checkout/", {"user_id": each}, **key)
        shop.made("/cart/", shop.cart(each, item))
    leave_traces(pipeline, zoe)
    time.sleep(1)
    wait_until_idle(pipeline)
    ask_athena(pipeline.access, CUSTOMERS)
    sums = {each: totals(pipeline.access, each) for each in ENGINES}
    return Before(zoe, namesake, item, promoted, sums)


def leave_traces(pipeline: Pipeline, zoe: int) -> None:
    """What the API does not write by itself: other sources, failures, people's own copies."""
    incomplete = customer_record(zoe, rev=7, email=text(OLD_ADDRESS))
    del incomplete["dynamodb"]["NewImage"]["joined_at"]
    shared = raw_object(customer_record(STRANGER), incomplete, DAMAGED.encode(), b"fine")
    failed = json.dumps({"payload": json.dumps({"Records": [customer_record(zoe)]})}).encode()
    copies = {
        "raw/customer/dt=2026-03-17/hostile.ndjson.gz": shared,
        "work/sandbox/mine.csv": f"id,mail\n{zoe},{ADDRESS.upper()}\n".encode(),
        "work/replay/forgotten/notes.txt": b"whatever",
        "runs/lost/failure.json": json.dumps({"cause": f"no room for {ADDRESS}"}).encode(),
    }
    for key, body in copies.items():
        pipeline.s3.put_object(Bucket=pipeline.bucket, Key=key, Body=body)
    pipeline.s3.put_object(Bucket=failure_bucket(pipeline), Key="aws/lambda/x/1", Body=failed)
    answer = json.dumps({"id": zoe, "email": ADDRESS})
    claim = {"PK": "IDEMPOTENCY#sign-up#1", "SK": "IDEMPOTENCY", "answer": answer}
    pipeline.access.client("dynamodb").put_item(
        TableName=pipeline.access.outputs["TableName"],
        Item={name: text(value) for name, value in claim.items()},
    )


def failure_bucket(pipeline: Pipeline) -> str:
    names = [each["Name"] for each in pipeline.s3.list_buckets()["Buckets"]]
    [name] = [each for each in names if "capturefailures" in each]
    return str(name)


def silently(_: str) -> None:
    """Progress is not shown."""


def known(pipeline: Pipeline, engine: str) -> dict[str, tuple[str | None, ...]]:
    return {str(row[0]): row[1:] for row in ask(pipeline.access, engine, CUSTOMERS).rows}


@pytest.fixture(scope="module")
def report(before: Before, pipeline: Pipeline) -> dict[str, Any]:
    done = erase(pipeline.access, silently, customer=before.zoe)
    time.sleep(1)
    wait_until_idle(pipeline)
    [of_zoe] = done["customers"]
    whole: dict[str, Any] = of_zoe
    return whole


def test_a_dry_run_tells_what_would_be_changed_and_changes_nothing(
    before: Before, pipeline: Pipeline
) -> None:
    versions = pipeline.raw_versions()
    done = erase(pipeline.access, silently, customer=before.zoe, dry_run=True)
    zones = done["customers"][0]["lake"]["zones"]
    assert zones["raw/"]["fates"]["replaced"]["objects"] >= 2
    assert zones["gold/"]["fates"]["published"]["objects"] == 1
    for zone in ("cleaned/", "work/delta/", "quarantine/", "athena/", "work/sandbox/"):
        assert zones[zone]["fates"]["deleted"]["objects"] >= 1, zone
    assert pipeline.raw_versions() == versions
    assert known(pipeline, "athena")[str(before.zoe)] == ("Zo\u00eb", "Trace", ADDRESS)


def test_the_search_of_every_byte_finds_nothing(report: dict[str, Any]) -> None:
    assert report["marked"]
    assert report["hits"] == 0
    proof = report["proof"]
    for zone in ("raw/", "cleaned/", "work/state/", "gold/", "runs/"):
        assert proof["lake"]["zones"][zone]["searched"] > 0, zone
    assert proof["shop"]["searched"] > 0
    assert proof["control"]["searched"] > 0
    assert proof["warehouse"]["tables"] > 0
    assert report["changed"]["failures"] == {"deleted": 1}


def test_nothing_that_is_stored_has_her_address_in_it_by_another_way_of_looking(
    report: dict[str, Any], pipeline: Pipeline
) -> None:
    assert report["hits"] == 0
    pages = pipeline.s3.get_paginator("list_object_versions").paginate(Bucket=pipeline.bucket)
    for each in (version for page in pages for version in page.get("Versions", [])):
        body = pipeline.s3.get_object(
            Bucket=pipeline.bucket, Key=each["Key"], VersionId=each["VersionId"]
        )["Body"].read()
        data = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        for needle in (b"trace@example.com", b"zoe.first@example.org", b"t+old@example.net"):
            assert needle not in data.lower(), each["Key"]


def test_sums_are_as_before_and_her_sales_join_a_customer_without_a_name(
    report: dict[str, Any], before: Before, pipeline: Pipeline
) -> None:
    assert report["hits"] == 0
    for engine in ENGINES:
        assert totals(pipeline.access, engine) == before.sums[engine], engine
        assert known(pipeline, engine)[str(before.zoe)] == (None, None, None), engine
        joined = f"SELECT COUNT(*) FROM sales s JOIN customer c ON s.customer_id = c.customer_id WHERE c.customer_id = {before.zoe}"  # noqa: S608, E501
        assert ask(pipeline.access, engine, joined).rows == [("1",)], engine


def test_her_namesake_is_untouched(
    report: dict[str, Any], before: Before, pipeline: Pipeline
) -> None:
    assert report["hits"] == 0
    for engine in ENGINES:
        row = known(pipeline, engine)[str(before.namesake)]
        assert row == ("Zo\u00eb", "Trace", "other.zoe@example.com"), engine
        assert known(pipeline, engine)[str(STRANGER)][2] == f"ada{STRANGER}@example.org", engine
    answer = Shop(pipeline).call("GET", f"/customers/{before.namesake}")
    assert answer.json()["email"] == "other.zoe@example.com"


def test_to_the_api_she_never_was_and_her_address_is_free(
    report: dict[str, Any], before: Before, pipeline: Pipeline
) -> None:
    assert report["hits"] == 0
    shop = Shop(pipeline)
    assert shop.call("GET", f"/customers/{before.zoe}").status_code == 404
    assert shop.call("GET", f"/cart/{before.zoe}").status_code == 404
    assert shop.call("POST", "/cart/", shop.cart(before.zoe, before.item)).status_code == 404
    assert shop.call("POST", "/checkout/", {"user_id": before.zoe}).status_code == 404
    again = {"first_name": "Z", "last_name": "T", "email": ADDRESS}
    assert shop.made("/customers/", again)["id"] > before.zoe
    time.sleep(1)
    wait_until_idle(pipeline)


def test_every_raw_version_is_still_promoted_exactly_once(
    report: dict[str, Any], before: Before, pipeline: Pipeline
) -> None:
    assert report["hits"] == 0
    promoted, erased = pipeline.promoted(), pipeline.erased()
    since = [each for each in promoted if each not in before.promoted]
    assert len(since) == len(set(since))
    assert erased
    assert set(promoted) - erased == pipeline.raw_versions()
    assert pipeline.dead_letters() == 0


def test_gold_rebuilt_from_raw_equals_gold_after_an_erasure(
    report: dict[str, Any], pipeline: Pipeline
) -> None:
    assert report["hits"] == 0
    outcome = operate.replay(pipeline.access, silently)["compared"]
    assert outcome["equal"], outcome["different"]


def test_erasing_her_again_finds_nothing_to_do(
    report: dict[str, Any], before: Before, pipeline: Pipeline
) -> None:
    assert report["hits"] == 0
    versions = pipeline.raw_versions()
    [again] = erase(pipeline.access, silently, again=True)["customers"]
    assert again["customer"] == before.zoe
    assert again["marked"] is False
    assert again["hits"] == 0
    lake = [again["changed"][stage] for stage in ("damaged", "raw")]
    assert lake == [{}, {}]
    assert pipeline.raw_versions() == versions


def test_no_log_says_who_she_was(report: dict[str, Any], pipeline: Pipeline) -> None:
    assert report["hits"] == 0
    person = Person(0, frozenset({ADDRESS, FIRST_ADDRESS, OLD_ADDRESS}))
    logs = pipeline.access.client("logs")
    groups = [
        group["logGroupName"]
        for page in logs.get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
    ]
    said = [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]
    assert said
    assert not [each for each in said if person.addressed(each)]


def test_somebody_who_never_was_cannot_be_erased(pipeline: Pipeline) -> None:
    with pytest.raises(OperateError, match="there is no customer 987654"):
        erase(pipeline.access, silently, customer=987_654)
