"""From a file to items: each row once, whatever is delivered twice, dies or meets another."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.api.imports import ImportId, State
from lambdas.imports.step import OvertakenError, UnknownImportError
from tests.importing import KilledError, killed_at

if TYPE_CHECKING:
    from lambdas.api.imports import Import
    from tests.importing import Vendor

HEADER = "sku,item_name,category,price,stock\n"


def counts(record: Import) -> tuple[int, int, int, int]:
    """Created, updated, unchanged and rejected; together they are all rows."""
    found = (record.created, record.updated, record.unchanged, record.rejected)
    assert sum(found) == record.position == record.rows
    return found


def test_good_rows_become_items_and_bad_ones_say_why(vendor: Vendor) -> None:
    lines = ["A,Lamp,Home,19.99,5", "B,Desk,Home,cheap,", ",Sofa,99,7.00,", ",Chair,1,3.50,"]
    record = vendor.imported(HEADER + "\n".join(lines))
    assert record.state is State.SUCCEEDED
    assert counts(record) == (2, 0, 0, 2)
    items = vendor.items()
    assert set(items) == {"Lamp", "Chair"}
    assert (items["Lamp"].sku, items["Lamp"].stock) == ("A", 5)
    assert items["Lamp"].price == Decimal("19.99")
    assert (items["Chair"].sku, items["Chair"].stock, items["Chair"].category) == (None, None, 1)
    status = vendor.status(record.id)
    assert [(each["line"], each["code"]) for each in status["rejections"]] == [
        (3, "invalid_fields"),
        (4, "unknown_category"),
    ]
    assert status["rejections"][0]["original"] == "B,Desk,Home,cheap,"
    assert status["rejections"][1]["errors"] == [
        {"field": "category", "message": "99 is not known"}
    ]


def test_rejected_rows_lie_in_quarantine_as_all_rejects_do(vendor: Vendor) -> None:
    record = vendor.imported(HEADER + "A,Lamp,Home,cheap,\n")
    [key] = vendor.shop.lake.keys("quarantine/")
    assert key == f"quarantine/imports/{vendor.id}/{record.id.name}/000001.ndjson.gz"
    [line] = gzip.decompress(vendor.shop.lake.get(key).body).splitlines()
    entry = json.loads(line)
    assert entry == {
        "source": record.key,
        "version_id": "null",
        "row": 2,
        "code": "invalid_fields",
        "message": entry["message"],
        "original": {"text": "A,Lamp,Home,cheap,"},
    }
    assert entry["message"].startswith("price must be an amount of money")


def test_the_same_file_again_changes_what_has_a_sku_and_doubles_nothing(vendor: Vendor) -> None:
    vendor.imported(HEADER + "A,Lamp,Home,19.99,5\nB,Desk,Home,10.00,\nC,Sofa,Home,1.00,3\n")
    before = vendor.items()
    file = HEADER + "A,Lamp,Home,18.00,\nB,Desk,Home,10.00,\nC,Sofa,Home,1.00,7\nD,Chair,1,1,\n"
    assert counts(vendor.imported(file)) == (1, 2, 1, 0)
    after = vendor.items()
    assert after["Lamp"] == replace(
        before["Lamp"], price=Decimal("18.00"), rev=2, updated_at=after["Lamp"].updated_at
    )
    assert after["Desk"] == before["Desk"]
    assert after["Sofa"] == replace(before["Sofa"], stock=7, moves=1)
    assert counts(vendor.imported(file)) == (0, 0, 4, 0)


def test_skus_are_a_vendors_own(vendor: Vendor) -> None:
    other = vendor.shop.vendor("Another")
    reply = vendor.shop.post(
        f"/inventory?vendor_id={other}",
        {"item_name": "Other lamp", "category": 1, "price": "1.00", "sku": "A"},
    )
    assert (reply.status, reply.body["sku"]) == (201, "A")
    assert counts(vendor.imported(HEADER + "A,Lamp,Home,1.00,\n")) == (1, 0, 0, 0)
    taken = vendor.shop.post(
        f"/inventory?vendor_id={vendor.id}",
        {"item_name": "Second lamp", "category": 1, "price": "1.00", "sku": "A"},
    )
    assert (taken.status, taken.body["type"]) == (409, "urn:samns-mercado:problem:sku-taken")


def test_a_deleted_item_is_not_brought_back_by_a_file(vendor: Vendor) -> None:
    vendor.imported(HEADER + "A,Lamp,Home,1.00,\n")
    item_id = vendor.items()["Lamp"].item_id
    assert vendor.shop.delete(f"/inventory/{item_id}").status == 204
    record = vendor.imported(HEADER + "A,Lamp,Home,2.00,\n")
    assert counts(record) == (0, 0, 0, 1)
    assert (
        f"item {item_id}, which is marked deleted" in record.rejections[0]["errors"][0]["message"]
    )


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        ("item_name,price\nLamp,1.00\n", "text/csv", "no column category"),
        ("{}", "application/json", "not an array"),
        ("Café,".encode("iso8859-1"), "text/csv", "0xe9"),
        (b" ", "application/x-ndjson", "empty"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_a_sentence(
    vendor: Vendor, body: str | bytes, kind: str, says: str
) -> None:
    record = vendor.imported(body, kind)
    status = vendor.status(record.id)
    assert (status["state"], status["rows"], status["done"]) == ("failed", None, 0)
    assert says in status["problem"]
    assert not vendor.items()


@pytest.mark.parametrize(("body", "kind"), [(HEADER, "text/csv"), ("[]", "application/json")])
def test_a_file_without_rows_succeeds_with_nothing(vendor: Vendor, body: str, kind: str) -> None:
    record = vendor.imported(body, kind)
    assert record.state is State.SUCCEEDED
    assert counts(record) == (0, 0, 0, 0)


def test_a_vendor_who_is_deleted_meanwhile_offers_nothing(vendor: Vendor) -> None:
    import_id = vendor.send(HEADER + "A,Lamp,Home,1.00,\n")
    assert vendor.shop.delete(f"/vendors/{vendor.id}").status == 204
    record = vendor.take(import_id)
    assert (record.state, record.problem) == (State.FAILED, f"There is no vendor {vendor.id}.")
    assert not vendor.items()


def test_a_file_without_a_record_is_somebody_elses(vendor: Vendor) -> None:
    with pytest.raises(UnknownImportError):
        vendor.take(ImportId(vendor.id, "018f0000-0000-7000-8000-000000000000"))


def test_delivering_a_finished_import_again_changes_nothing(vendor: Vendor) -> None:
    record = vendor.imported(HEADER + "A,Lamp,Home,1.00,\n,Desk,Home,1.00,\n")
    before = vendor.items()
    assert vendor.take(record.id) == record
    assert vendor.items() == before


def test_without_time_an_import_stops_after_a_stretch_and_goes_on_from_there(
    vendor: Vendor,
) -> None:
    rows = "".join(f",Lamp {number},Home,1.00,\n" for number in range(1, 6))
    import_id = vendor.send(HEADER + rows)
    progress: list[Import] = []
    while not progress or not progress[-1].ended:
        progress.append(vendor.importer(stretch=2).run(import_id, lambda: False))
    assert [record.position for record in progress] == [2, 4, 5]
    assert counts(progress[-1]) == (5, 0, 0, 0)
    assert len(vendor.items()) == 5


def test_rows_beyond_those_shown_are_counted_and_kept(vendor: Vendor) -> None:
    rows = "".join(f",Lamp {number},Home,cheap,\n" for number in range(70))
    record = vendor.take(vendor.send(HEADER + rows), stretch=40)
    assert (record.rejected, len(record.rejections)) == (70, 50)
    kept = [
        line
        for key in vendor.shop.lake.keys("quarantine/imports/")
        for line in gzip.decompress(vendor.shop.lake.get(key).body).splitlines()
    ]
    assert len(kept) == 70


OLD = HEADER + "A,Lamp,Home,1.00,5\nB,Desk,Home,2.00,\n"
NEW = HEADER + (
    "A,Lamp,Home,9.00,7\n"  # changes
    ",Sofa,Home,3.00,\n"  # is new, and has no name of its own
    "C,Chair,Garden,4.00,\n"  # is new
    "B,Desk,Home,2.00,\n"  # stays
    "D,Bed,Home,cheap,\n"  # is refused
    "E,Table,Garden,6.00,1\n"
    ",Stool,Home,7.00,\n"
)
IN_ALL = (4, 1, 1, 1)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("call", range(1, 60))
def test_a_function_that_dies_anywhere_is_made_good_by_the_next_delivery(
    vendor: Vendor, call: int, *, before: bool
) -> None:
    vendor.imported(OLD)
    import_id = vendor.send(NEW)
    disarm = killed_at(vendor.client, call, before=before)
    try:
        died = False
        vendor.take(import_id, stretch=3)
    except KilledError:
        died = True
    finally:
        disarm()
    if not died:
        assert call > 15, "the import is shorter than it was thought to be"
    record = vendor.take(import_id, stretch=3)
    assert counts(record) == IN_ALL
    items = vendor.items()
    assert set(items) == {"Lamp", "Desk", "Sofa", "Chair", "Table", "Stool"}
    assert (items["Lamp"].rev, items["Lamp"].stock, items["Lamp"].moves) == (2, 7, 1)
    assert all(item.rev == 1 for name, item in items.items() if name != "Lamp")


def test_stock_that_was_sold_before_a_redelivery_is_not_put_back(vendor: Vendor) -> None:
    vendor.imported(OLD)
    import_id = vendor.send(NEW)
    importer = vendor.importer(stretch=3)

    class DeadRecords:
        """Lives until the first stretch is written and must be recorded."""

        def __getattr__(self, name: str) -> Any:
            return getattr(importer.records, name)

        def save(self, record: Import) -> None:
            if record.position:
                raise KilledError
            importer.records.save(record)

    with pytest.raises(KilledError):
        replace(importer, records=DeadRecords()).run(import_id, lambda: True)
    lamp = vendor.items()["Lamp"]
    assert lamp.stock == 7
    assert vendor.shop.patch(f"/inventory/{lamp.item_id}/stock", {"change": -3}).status == 200
    assert counts(vendor.take(import_id)) == IN_ALL
    assert vendor.items()["Lamp"].stock == 4


def test_of_two_deliveries_at_once_the_slower_leaves_the_rest_to_the_quicker(
    vendor: Vendor,
) -> None:
    import_id = vendor.send(NEW)
    slow = vendor.importer(stretch=3)
    met: list[Import] = []

    class Rival:
        """Lets the quicker one go first each time that the slower one reads the table."""

        def __getattr__(self, name: str) -> Any:
            return getattr(slow.shelf, name)

        def write(self, writes: Any) -> None:
            if not met:
                met.append(vendor.take(import_id, stretch=3))
            slow.shelf.write(writes)

    with pytest.raises(OvertakenError):
        replace(slow, shelf=Rival()).run(import_id, lambda: True)
    [record] = met
    assert counts(record) == (6, 0, 0, 1)
    assert len(vendor.items()) == 6
    assert vendor.status(import_id)["done"] == 7


def test_a_price_that_is_changed_meanwhile_is_read_again(vendor: Vendor) -> None:
    vendor.imported(OLD)
    import_id = vendor.send(HEADER + "A,Lamp,Home,9.00,7\n")
    importer, lamp = vendor.importer(), vendor.items()["Lamp"]
    changes = [{"price": "5.00"}]

    class Rival:
        def __getattr__(self, name: str) -> Any:
            return getattr(importer.shelf, name)

        def write(self, writes: Any) -> None:
            if changes:
                reply = vendor.shop.patch(f"/inventory/{lamp.item_id}", changes.pop())
                assert reply.status == 200, reply
            importer.shelf.write(writes)

    record = replace(importer, shelf=Rival()).run(import_id, lambda: True)
    assert counts(record) == (0, 1, 0, 0)
    after = vendor.items()["Lamp"]
    assert (after.price, after.rev, after.stock) == (Decimal("9.00"), 3, 7)
