"""Where a list ends that tells no total: nothing that an API does there loses what is behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api_server import Api, Asked, Reply, says
from tests.unit.ingest.rest.products import (
    BY_ADDRESS,
    BY_OFFSET,
    Teehaus,
    by_address,
    by_offset,
    fails,
    products,
)

if TYPE_CHECKING:
    from tests.unit.ingest.rest.products import Waits

UNCOUNTED = """
      pages: {by: number, parameter: page, size: 3}
"""


def twos(asked: Asked, records: list[Any]) -> Reply:
    """Whatever it is asked for, it gives no more than two."""
    first = 2 * (int(asked.query["page"]) - 1)
    return says(records[first : first + 2])


def test_an_api_that_gives_less_than_a_full_page_is_read_to_its_end(api: Api, waits: Waits) -> None:
    teehaus = Teehaus(api, waits, UNCOUNTED, twos, products(*"abcdefg"))
    assert teehaus.pull().rows == 7


def test_by_offsets_what_lies_between_such_pages_is_missed_and_told(api: Api, waits: Waits) -> None:
    said = BY_OFFSET.replace("2", "3")
    teehaus = Teehaus(api, waits, said, by_offset, products(*"abcdefg"))
    fails(teehaus, "PartialSnapshotError: page 3 has records, behind one with fewer than 3; page 6")


@pytest.mark.parametrize(
    "behind",
    [Reply(status=404), Reply(status=204), says(products("d"))],
    ids=["not there", "nothing", "the last one again"],
)
def test_behind_a_page_that_is_not_full_an_api_may_refuse(
    api: Api, waits: Waits, behind: Reply
) -> None:
    pages = {"1": says(products(*"abc")), "2": says(products("d"))}
    answers = lambda asked, _records: pages.get(asked.query["page"], behind)  # noqa: E731
    teehaus = Teehaus(api, waits, UNCOUNTED, answers)
    assert teehaus.pull().rows == 4
    pages["3"] = says(products("e"))
    fails(teehaus, "page 4" if behind.status != 200 else "RepeatedPageError")


def test_null_is_an_empty_list_where_the_total_says_so(counted: Teehaus) -> None:
    counted.answers = lambda *_: says({"data": {"items": None, "total": 0}})
    assert counted.pull().rows == 0
    counted.answers = lambda *_: says({"data": {"items": None, "total": 3}})
    fails(counted, "PartialSnapshotError: there are 3 records, and 0 came")


def test_an_address_stands_in_no_message_with_its_query(api: Api, waits: Waits) -> None:
    def breaks(asked: Asked, records: list[Any]) -> Reply:
        return Reply(status=503) if asked.query else by_address(asked, records)

    teehaus = Teehaus(api, waits, BY_ADDRESS, breaks, products(*"abc"))
    fails(teehaus, "^PartialSnapshotError: page 2: /products: HTTP 503 [^?]*$")
