"""From one snapshot to the next: what goes to raw, and what is refused."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.snapshots import (
    Place,
    SupersededError,
    SuspiciousSnapshotError,
)
from lambdas.ingest.snapshots.parts import PartWriter
from tests.snapshots import PLACE, shown, told
from tests.unit.ingest.snapshots.shop import CUP, PAN, POT, Shop


def test_the_first_snapshot_tells_every_row_with_its_number(shop: Shop) -> None:
    done = shop.pull(PAN, POT)
    assert (done.number, done.counts.changed) == (1, 2)
    assert told(shop.lake) == [
        {**PAN, "_snapshot": 3, "_deleted": False},
        {**POT, "_snapshot": 3, "_deleted": False},
    ]
    (key,) = shop.lake.keys("raw/")
    assert key == "raw/shop-products/shop-api/products/000000000001-00001.ndjson.gz"


def test_later_ones_tell_what_changed_and_a_tombstone_is_the_row_as_it_last_was(
    shop: Shop,
) -> None:
    shop.pull(PAN, POT)
    done = shop.pull({**PAN, "price": "2.00"}, CUP)
    assert (done.counts.changed, done.counts.unchanged, done.counts.gone) == (2, 0, 1)
    assert shop.told(2) == [
        {**CUP, "_snapshot": 5, "_deleted": False},
        {**PAN, "price": "2.00", "_snapshot": 5, "_deleted": False},
        {**POT, "_snapshot": 4, "_deleted": True},
    ]


def test_a_key_that_is_spelt_otherwise_is_there_for_a_mapping_that_sees_no_difference(
    shop: Shop,
) -> None:
    """As with `ignore_case`: of one id there is a tombstone and a row, of one snapshot."""
    shop.pull({"id": "AB-1"}, PAN)
    for spelt in ("ab-1", "Ab-1"):
        shop.pull({"id": spelt}, PAN)
        lines = [{**each, "id": each["id"].lower()} for each in told(shop.lake)]
        assert shown(lines).keys() == {"ab-1", "pan"}
    shop.pull(PAN)
    assert shown({**each, "id": each["id"].lower()} for each in told(shop.lake)).keys() == {"pan"}


def test_what_comes_back_is_told_again(shop: Shop) -> None:
    for records in ((PAN, POT), (PAN,), (PAN, POT)):
        shop.pull(*records)
    assert shop.told(3) == [{**POT, "_snapshot": 7, "_deleted": False}]
    assert shown(told(shop.lake)) == {"pan": PAN, "pot": POT}


def test_without_a_change_nothing_goes_to_raw_but_older_ones_are_refused(shop: Shop) -> None:
    shop.pull(PAN, POT)
    older = shop.snapshots.begin()
    assert shop.pull(POT, PAN).number == 2
    with pytest.raises(SupersededError, match="is gone"):
        shop.snapshots.commit(older, shop.taken(PAN, CUP))
    assert {each["_snapshot"] for each in told(shop.lake)} == {3}


def test_of_two_that_began_together_the_later_is_refused_and_writes_nothing_to_raw(
    shop: Shop,
) -> None:
    older = shop.snapshots.begin()
    shop.pull(PAN, POT)
    with pytest.raises(SupersededError):
        shop.snapshots.commit(older, shop.taken(CUP))
    assert shown(told(shop.lake)) == {"pan": PAN, "pot": POT}


def test_an_attempt_goes_on_as_long_as_nothing_was_committed(shop: Shop) -> None:
    shop.pull(PAN)
    begun = shop.snapshots.begin()
    assert shop.snapshots.resumed(begun.folder) == begun
    shop.pull(PAN, POT)
    with pytest.raises(SupersededError):
        shop.snapshots.resumed(begun.folder)


def test_an_attempt_that_was_claimed_before_it_was_killed_is_finished(shop: Shop) -> None:
    begun = shop.snapshots.begin()

    def dies(operation: str, key: str) -> None:
        if operation == "put" and key.startswith("raw/"):
            raise TimeoutError

    shop.lake.before = dies
    with pytest.raises(TimeoutError):
        shop.snapshots.commit(begun, shop.taken(PAN))
    shop.lake.before = lambda _operation, _key: None
    assert told(shop.lake) == []
    with pytest.raises(SupersededError):
        shop.snapshots.resumed(begun.folder)
    assert shown(told(shop.lake)) == {"pan": PAN}


def test_one_that_is_compared_with_an_index_that_is_gone_meanwhile_is_refused(shop: Shop) -> None:
    shop.pull(PAN, POT)
    older = shop.snapshots.begin()
    shop.pull(PAN, CUP)
    with pytest.raises(SupersededError, match="is gone"):
        shop.snapshots.commit(older, shop.taken(PAN))


def test_a_partial_one_tells_what_it_has_and_takes_nothing_for_gone(shop: Shop) -> None:
    shop.pull(PAN, POT)
    done = shop.pull({**PAN, "price": "3.00"}, complete=False)
    assert (done.counts.changed, done.counts.unseen, done.counts.gone) == (1, 1, 0)
    assert shop.pull(PAN, POT).counts.unchanged == 1, "what was not seen is known still"


def test_a_key_is_the_same_as_number_or_text_and_in_parts_and_nested(shop: Shop) -> None:
    shop.place = replace(PLACE, key=("shop.no", "id"))
    shop.pull({"id": 7, "shop": {"no": "a"}}, {"id": 7, "shop": {"no": "b"}})
    assert shop.pull({"id": "7", "shop": {"no": "a"}}).counts.gone == 1


@pytest.mark.parametrize("odd", [{"name": "x"}, {"id": None}, {"id": " "}, {"id": {}}, 17, None])
def test_what_has_no_key_is_told_once_for_cleaning_to_refuse_and_never_as_gone(
    shop: Shop, odd: Any
) -> None:
    shop.pull(PAN, odd, complete=False)
    assert len(shop.told(1)) == 2
    assert shop.pull(PAN, odd, complete=False).counts.changed == 0
    assert shop.pull(PAN).counts.gone == 0


def test_of_a_key_that_comes_twice_the_later_counts_and_it_is_told(shop: Shop) -> None:
    taken = shop.taken(PAN, {**PAN, "price": "9"}, {"no": "key"}, {"no": "key"})
    assert (taken.rows.rows, taken.rows.repeated, taken.rows.unkeyed) == (2, 1, 1)
    shop.snapshots.commit(shop.snapshots.begin(), taken)
    assert shown(told(shop.lake)[1:]) == {"pan": {**PAN, "price": "9"}}


def test_one_that_lost_more_than_may_go_is_refused_until_a_person_says_so(shop: Shop) -> None:
    shop.pull(PAN, POT, CUP)
    for records in ((), (PAN,)):
        with pytest.raises(SuspiciousSnapshotError, match=r"of 3 keys [23] are gone.*50%"):
            shop.pull(*records, may_lose=0.5)
    assert shown(told(shop.lake)) == {"pan": PAN, "pot": POT, "cup": CUP}
    assert len(list(shop.lake.keys(PLACE.staging))) == 1, "what was refused is not kept"
    assert shop.pull(may_lose=1).counts.gone == 3
    assert shown(told(shop.lake)) == {}


def test_one_that_is_refused_takes_nothing_from_the_same_attempt_under_way_beside_it(
    shop: Shop,
) -> None:
    shop.pull(PAN, POT, CUP)
    base = shop.snapshots.begin()
    shop.snapshots.commit(base, shop.taken(PAN, POT))
    late = f"{base.folder}x/pages-00001.ndjson.gz"
    shop.lake.put(late, b"")
    shop.snapshots.discard(base)
    assert late not in shop.lake.keys(PLACE.staging)
    assert shop.pull(PAN).counts.gone == 1


@pytest.mark.parametrize("name", ["_deleted", "_snapshot"])
def test_a_field_that_has_a_name_of_ours_is_refused_by_name(shop: Shop, name: str) -> None:
    with pytest.raises(PullError, match=f"the source has a field `{name}` of its own"):
        shop.pull(PAN, {**POT, name: "x"})
    shop.pull(PAN, {**POT, "more": {name: "x"}})


def test_an_empty_source_is_nothing_suspicious_if_it_was_empty_before(shop: Shop) -> None:
    assert [shop.pull(may_lose=0).number for _ in range(3)] == [1, 2, 3]
    assert shop.pull(PAN).counts.changed == 1


def test_the_source_may_say_that_nothing_changed(shop: Shop) -> None:
    shop.pull(PAN, mark='"v1"')
    base = shop.snapshots.begin()
    assert (base.mark, base.rows) == ('"v1"', 1)
    assert shop.snapshots.unchanged(base).counts.unchanged == 1
    assert shop.snapshots.begin().mark == '"v1"'
    assert shop.pull(PAN, POT, complete=False).number == 3
    assert shop.snapshots.begin().mark == ""


def test_what_is_no_longer_needed_is_deleted(shop: Shop) -> None:
    given_up = shop.snapshots.begin()
    shop.lake.put(f"{given_up.folder}page-00001.ndjson.gz", b"")
    shop.lake.put("ingest/shop-api/products-b/000000000001-x/index-00001.ndjson.gz", b"")
    for records in ((PAN,), (PAN, POT), (PAN, POT), (POT,)):
        shop.pull(*records)
    assert len(list(shop.lake.keys(PLACE.staging))) == 1
    assert len(list(shop.lake.keys("ingest/shop-api/products-b/"))) == 1, "another's"


def test_many_rows_are_many_objects_of_fixed_names(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PartWriter.__init__, "__defaults__", (500, 0))
    records = [{"id": str(n), "name": "ä" * 10} for n in range(200)]
    shop.pull(*records)
    keys = list(shop.lake.keys("raw/"))
    assert len(keys) > 5
    assert shown(told(shop.lake)) == {each["id"]: each for each in records}
    assert all(len(gzip.decompress(shop.lake.get(key).body)) < 800 for key in keys)
    assert shop.pull(*records).counts.unchanged == 200


def test_under_another_key_nothing_is_taken_for_gone_that_is_there(shop: Shop) -> None:
    here = {**PAN, "shop": "b"}, {**POT, "shop": "a"}
    shop.pull(*here)
    shop.place = replace(PLACE, key=("shop", "id"))
    done = shop.pull(*here)
    assert (done.counts.unchanged, done.counts.changed, done.counts.gone) == (2, 0, 0)
    assert shop.pull(here[0]).counts.gone == 1


def test_where_rows_arrive_elsewhere_all_of_them_are_told_again(shop: Shop) -> None:
    shop.pull(PAN, POT)
    shop.place = Place(PLACE.pull, PLACE.resource, "other", PLACE.key)
    assert shop.pull(PAN, POT).counts.changed == 2
    assert {each["_snapshot"] for each in told(shop.lake, shop.place)} == {5}
