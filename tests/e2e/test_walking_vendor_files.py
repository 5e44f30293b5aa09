"""A vendor's file from the request to gold, delivered twice, on the deployed cloud."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest
import requests

from local.logins import ADMIN, Login
from local.queries import ask
from tests.e2e.waiting import eventually

if TYPE_CHECKING:
    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
SECONDS = 60
ROWS = 120
GOOD = ROWS - ROWS // 10
HEADER = "sku,item_name,category,price,stock\n"


class Client:
    """The API over HTTPS."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.url, self.certificate = pipeline.access.api_url, pipeline.access.certificate
        self.login = Login(pipeline.access, ADMIN)

    def send(self, method: str, path: str, **given: Any) -> requests.Response:
        answer = requests.request(
            method,
            self.url + path,
            auth=self.login,
            verify=self.certificate,
            timeout=30,
            **given,
        )
        answer.raise_for_status()
        return answer


def rows() -> str:
    """Every tenth row has a price that nobody can read."""
    return HEADER + "".join(
        f"S{number},Spade {number},Garden,{'cheap' if number % 10 == 0 else '7.25'},{number}\n"
        for number in range(ROWS)
    )


@pytest.fixture(scope="module")
def client(pipeline: Pipeline) -> Client:
    return Client(pipeline)


@pytest.fixture(scope="module")
def imported(client: Client) -> dict[str, Any]:
    profile = {"vendor_name": "Diggers", "region": "North"}
    vendor = client.send("POST", "/vendors", json=profile).json()["id"]
    headers = {
        "Content-Type": "application/csv",
        "Content-Encoding": "gzip",
        "Idempotency-Key": "spring",
    }
    path = f"/imports?vendor_id={vendor}"
    body = gzip.compress(rows().encode())
    begun = client.send("POST", path, data=body, headers=headers)
    again = client.send("POST", path, data=body, headers=headers)
    assert begun.status_code == 202
    assert begun.json()["id"] == again.json()["id"], "one key, one import"
    return ended(client, begun.headers["Location"])


def ended(client: Client, path: str) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        state: dict[str, Any] = client.send("GET", path).json()
        return state if state["finished_at"] else None

    return eventually(over, SECONDS)


def test_a_file_becomes_items_and_its_bad_rows_say_why(
    imported: dict[str, Any], pipeline: Pipeline
) -> None:
    assert imported["state"] == "succeeded", imported
    assert (imported["rows"], imported["created"]) == (ROWS, GOOD)
    assert imported["rejected"] == len(imported["rejections"]) == ROWS - GOOD
    assert imported["rejections"][0]["errors"][0]["field"] == "price"
    name = imported["id"].partition("-")[2]
    [kept] = pipeline.keys(f"quarantine/imports/{imported['vendor_id']}/{name}/")
    assert len(gzip.decompress(pipeline.read(kept)).splitlines()) == ROWS - GOOD


def test_a_file_that_is_announced_again_changes_nothing(
    imported: dict[str, Any], client: Client, pipeline: Pipeline
) -> None:
    items = f"/vendors/{imported['vendor_id']}/items?limit=100"
    before = client.send("GET", items).json()
    [key] = pipeline.keys(f"imports/{imported['vendor_id']}/")
    pipeline.s3.copy_object(
        Bucket=pipeline.bucket,
        Key=key,
        CopySource={"Bucket": pipeline.bucket, "Key": key},
        MetadataDirective="REPLACE",
    )
    more = HEADER + "S1,Spade 1,Garden,8.00,\n"
    path = f"/imports?vendor_id={imported['vendor_id']}"
    second = client.send("POST", path, data=more, headers={"Content-Type": "text/csv"})
    change = ended(client, second.headers["Location"])
    assert (change["created"], change["updated"]) == (0, 1), "the vendor's SKU finds its item"
    after = client.send("GET", items).json()
    assert len(after["results"]) == len(before["results"]) == 100
    changed = [item for item in after["results"] if item not in before["results"]]
    assert [(item["item_name"], item["price"], item["stock"]) for item in changed] == [
        ("Spade 1", "8.00", 1)
    ]
    assert client.send("GET", f"/imports/{imported['id']}").json() == imported


def test_what_was_imported_is_in_gold(imported: dict[str, Any], pipeline: Pipeline) -> None:
    counted = "SELECT count(*) AS items, count(DISTINCT item_id) AS ids FROM inventory WHERE "
    sql = counted + "vendor_id = " + str(imported["vendor_id"])

    def all_of_them() -> bool:
        [row] = ask(pipeline.access, "athena", sql).dicts()
        return row == {"items": str(GOOD), "ids": str(GOOD)}

    eventually(all_of_them, SECONDS)
