"""Where snapshots stand: a watermark that is lost, set back, copied, or in the table of states."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lambdas.ingest.snapshots import (
    DamagedStateError,
    StatedWatermarks,
    Watermark,
)
from lambdas.lake.errors import PreconditionError
from tests.pulling import FakeStates
from tests.snapshots import PLACE, shown, told
from tests.unit.ingest.snapshots.shop import CUP, PAN, POT, Shop


def test_a_watermark_that_was_lost_goes_on_behind_tombstones_and_rows(shop: Shop) -> None:
    for records in ((PAN, POT), (PAN,)):
        shop.pull(*records)
    before = max(each["_snapshot"] for each in told(shop.lake))
    shop.watermarks.forget()
    done = shop.pull(PAN, POT)
    assert {each["_snapshot"] for each in shop.told(done.number)} == {2 * done.number + 1}
    assert min(each["_snapshot"] for each in shop.told(done.number)) > before


def test_a_watermark_that_was_lost_is_taken_up_behind_what_raw_has(shop: Shop) -> None:
    for records in ((PAN, POT), (PAN, CUP)):
        shop.pull(*records)
    shop.watermarks.forget()
    assert shop.pull(CUP, POT).number == 3
    assert shown(told(shop.lake)).keys() == {"pan", "pot", "cup"}, "nobody can tell what is gone"


@pytest.mark.parametrize("pull", [PLACE.pull, "another"])
def test_a_resource_goes_on_under_another_name_with_a_copy_of_its_watermark(
    shop: Shop, pull: str
) -> None:
    """As the docs say; without it, its numbers would begin below those that gold has."""
    for records in ((PAN, POT), (PAN, POT, CUP)):
        shop.pull(*records)
    old, shop.place = shop.place, replace(PLACE, pull=pull, resource="goods")
    if pull != PLACE.pull:
        copied = replace(shop.watermarks.read() or Watermark(), index=None)
        shop.watermarks.forget()
        shop.watermarks.replace(None, copied)
    shop.pull(PAN, POT, {**CUP, "price": "2.00"})
    shop.pull(PAN, POT)
    lines = [*told(shop.lake, old), *told(shop.lake, shop.place)]
    assert shown(lines) == {"pan": PAN, "pot": POT}


def test_a_watermark_that_was_set_back_is_noticed(shop: Shop) -> None:
    shop.pull(PAN)
    before = shop.watermarks.read()
    shop.pull(POT, PAN)
    shop.watermarks.forget()
    shop.watermarks.replace(None, replace(before or Watermark(), index=None))
    with pytest.raises(DamagedStateError, match="of another snapshot"):
        shop.pull(CUP)


def test_a_watermark_survives_its_document(shop: Shop) -> None:
    shop.pull(PAN)
    for each in shop.watermarks.history:
        assert Watermark.from_dict(json.loads(json.dumps(each.to_dict()))) == each


def test_a_watermark_stands_in_the_table_of_states() -> None:
    states = FakeStates()
    watermarks = StatedWatermarks(states, "shop-api", "products")
    assert watermarks.read() is None
    first, second = Watermark(1), Watermark(2)
    watermarks.replace(None, first)
    assert watermarks.read() == first
    for known in (None, second):
        with pytest.raises(PreconditionError):
            watermarks.replace(known, second)

    def rival(operation: str, _key: str) -> None:
        if operation == "advance":
            states.before = lambda _operation, _key: None
            watermarks.replace(first, Watermark(9))

    states.before = rival
    with pytest.raises(PreconditionError):
        watermarks.replace(first, second)
    assert watermarks.read() == Watermark(9)
