"""Pulls of an API, page by page, against a real server: a snapshot is whole, or it says why not."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.rest.errors import UnavailableError
from lambdas.ingest.task import Pulled
from tests.api_server import Api, Asked, Reply, says
from tests.snapshots import shown, told
from tests.unit.ingest.rest.products import (
    AT_ONCE,
    BY_CURSOR,
    NUMBERED,
    PLACE,
    WHOLE,
    Teehaus,
    by_cursor,
    fails,
    numbered,
    products,
)

if TYPE_CHECKING:
    from tests.unit.ingest.rest.products import Waits


@pytest.mark.parametrize("names", ["", "a", "ab", "abc", "abcdefghi"])
def test_all_pages_are_fetched_with_the_credential_and_what_is_gone_is_told(
    teehaus: Teehaus, names: str
) -> None:
    teehaus.records = products(*names)
    assert teehaus.pull().rows == len(names)
    assert teehaus.shown == list(names)
    assert {each.headers["authorization"] for each in teehaus.api.asked} == {"Bearer t0p"}
    teehaus.records = [*products(*names[1:]), {"id": "z", "price": "9"}]
    assert teehaus.pull(accept_losses=True).rows == 1 + min(len(names), 1)
    assert teehaus.shown == [*names[1:], "z"]
    assert teehaus.pull() == Pulled()


def test_what_takes_longer_than_a_function_may_run_goes_on_in_another(teehaus: Teehaus) -> None:
    teehaus.records = products(*"abcdefg")
    invocations, place = 0, None
    turns = itertools.cycle([True, True, False])
    teehaus.over = lambda: next(turns)
    while (done := teehaus.pull(json.loads(json.dumps(place)))).more:
        place, invocations = done.place, invocations + 1
        assert told(teehaus.lake, PLACE) == []
    assert invocations >= 1
    assert teehaus.shown == list("abcdefg")
    pages = [json.dumps(each.query) for each in teehaus.api.asked]
    if "at_once" not in teehaus.said:
        assert len(pages) == len(set(pages)), "none is asked for twice"


def test_one_that_was_begun_before_another_was_committed_is_dropped(teehaus: Teehaus) -> None:
    teehaus.records = products("a", "b", "c")
    teehaus.over = lambda: True
    older = teehaus.pull()
    teehaus.over = lambda: False
    teehaus.records = products("b", "c", "d")
    teehaus.pull()
    assert older.more
    assert teehaus.pull(older.place) == Pulled()
    assert teehaus.shown == ["b", "c", "d"]


def lies(asked: Asked, records: list[Any]) -> Reply:
    told_ = json.loads(numbered(asked, records).body)
    told_["data"]["total"] = 99
    return says(told_)


def test_fewer_than_the_api_says_that_there_are_is_no_snapshot_to_miss_anything_by(
    counted: Teehaus,
) -> None:
    counted.records = products("a", "b", "c")
    counted.pull()
    counted.answers, counted.records = lies, products("a", "d")
    counted.said = NUMBERED.replace("size: 2", "size: 3")
    fails(counted, "PartialSnapshotError: there are 99 records, and 2 came")
    assert counted.shown == ["a", "b", "c", "d"]


@pytest.mark.parametrize("moves", [["a", "b", "c", "d", "e", "f"], ["b", "c", "d", "e"]])
def test_records_that_move_between_pages_take_nothing_for_gone(
    counted: Teehaus, moves: list[str]
) -> None:
    """One that is added in front pushes another to the next page; one that goes hides another."""
    counted.records = products("a", "b", "c", "d", "e")
    counted.pull()

    def moving(asked: Asked, records: list[Any]) -> Reply:
        reply = numbered(asked, records)
        counted.records = products(*moves) if moves[0] == "b" else products("z", *moves)
        return reply

    counted.answers = moving
    fails(counted, "PartialSnapshotError: there were 5 records, and on page 2")
    assert set("abcde") <= set(counted.shown)


def test_a_record_that_comes_twice_shows_that_they_moved_though_nobody_counts(
    api: Api, waits: Waits
) -> None:
    teehaus = Teehaus(api, waits, BY_CURSOR, by_cursor, products("a", "b", "b", "c"))
    fails(teehaus, "1 records came twice")
    assert teehaus.shown == ["a", "b", "c"]


def unwell(asked: Asked, records: list[Any]) -> Reply:
    return Reply(status=500) if "2" in asked.query.values() else numbered(asked, records)


@pytest.mark.parametrize("said", [NUMBERED, AT_ONCE])
def test_a_numbered_page_that_does_not_answer_is_passed_over_and_nothing_taken_for_gone(
    api: Api, waits: Waits, said: str
) -> None:
    teehaus = Teehaus(api, waits, said, numbered, products(*"abcdef"))
    teehaus.pull()
    teehaus.answers, teehaus.records = unwell, products(*"bcdef", "g")
    fails(teehaus, "PartialSnapshotError: page 2: /products: HTTP 500 .5 attempts.")
    assert teehaus.shown == list("abcdefg")


def test_behind_a_cursor_that_does_not_answer_nobody_knows_what_comes(
    api: Api, waits: Waits
) -> None:
    def breaks(asked: Asked, records: list[Any]) -> Reply:
        return Reply(status=503) if asked.query else by_cursor(asked, records)

    teehaus = Teehaus(api, waits, BY_CURSOR, breaks, products(*"abcdef"))
    fails(teehaus, "PartialSnapshotError: page '2'")
    assert teehaus.shown == ["a", "b"]


def test_if_no_page_answers_it_is_tried_another_time(teehaus: Teehaus) -> None:
    teehaus.answers = lambda _asked, _records: Reply(status=500)
    with pytest.raises(UnavailableError):
        teehaus.pull()
    assert told(teehaus.lake, PLACE) == []


@pytest.mark.parametrize("body", [b"[1,", b"\xff[]", b"", b"[" * 100_000, b"[{}] x"])
def test_what_is_no_json_is_asked_for_again(api: Api, waits: Waits, body: bytes) -> None:
    replies = [Reply(body), says(products("a"))]
    teehaus = Teehaus(api, waits, WHOLE, lambda *_: replies.pop(0))
    assert teehaus.pull().rows == 1


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("", '[{"id": "ä€"}]'.encode("utf-16")),
        ("; charset=ISO-8859-1", '[{"id": "ä€"}]'.encode()),
        ("; charset=ISO-8859-1", '[{"id": "ä€"}]'.encode("cp1252")),
        ('; charset="iso-8859-15"', '[{"id": "ä€"}]'.encode("iso8859-15")),
    ],
)
def test_letters_are_read_as_they_were_written(
    api: Api, waits: Waits, charset: str, body: bytes
) -> None:
    reply = Reply(body, headers={"Content-Type": f"application/json{charset}"})
    teehaus = Teehaus(api, waits, WHOLE, lambda *_: reply)
    teehaus.pull()
    assert teehaus.shown == ["ä€"]


def test_losing_most_of_its_keys_at_once_has_to_be_said(counted: Teehaus) -> None:
    counted.records = products(*"abcd")
    counted.pull()
    counted.records = products("a")
    fails(counted, "SuspiciousSnapshotError: of 4 keys 3 are gone, more than 50%")
    assert counted.shown == list("abcd")
    assert counted.pull(accept_losses=True).rows == 3
    assert counted.shown == ["a"]


def test_numbers_stay_as_they_were_spelt(api: Api, waits: Waits) -> None:
    body = b'[{"id": 12345678901234567890123, "price": 0.10, "n": 7, "odd": NaN}]'
    teehaus = Teehaus(api, waits, WHOLE, lambda *_: Reply(body))
    teehaus.pull()
    (row,) = shown(told(teehaus.lake, PLACE)).values()
    assert row == {"id": "12345678901234567890123", "price": "0.10", "n": 7, "odd": "NaN"}


def tagged(asked: Asked, records: list[Any]) -> Reply:
    tag = f'W/"{len(records)}"'
    unchanged = asked.headers.get("if-none-match") == tag
    return Reply(status=304) if unchanged else says(records, ETag=tag)


def test_with_an_etag_nothing_is_sent_again_that_is_known(api: Api, waits: Waits) -> None:
    teehaus = Teehaus(api, waits, WHOLE, tagged, products("a"))
    for rows in (1, 0, 0):
        assert teehaus.pull().rows == rows
    assert [each.headers.get("if-none-match") for each in api.asked] == [None, 'W/"1"', 'W/"1"']
    teehaus.records += products("b")
    assert teehaus.pull().rows == 1
    teehaus.said = '      query: {q: "x"}\n'
    assert teehaus.pull().rows == 0
    assert "if-none-match" not in api.asked[-1].headers, "it is another question"


def test_the_etag_of_one_page_says_nothing_of_the_next(api: Api, waits: Waits) -> None:
    def pages(asked: Asked, records: list[Any]) -> Reply:
        return replace(numbered(asked, records), headers={"ETag": '"x"'})

    teehaus = Teehaus(api, waits, NUMBERED, pages, products(*"abc"))
    for _ in range(2):
        teehaus.pull()
    assert not any("if-none-match" in each.headers for each in api.asked)


def test_the_etag_of_a_full_page_hides_nothing_that_is_new_behind_it(
    api: Api, waits: Waits
) -> None:
    """The total stands in a header, and the page is as it was."""

    def pages(asked: Asked, records: list[Any]) -> Reply:
        first = 2 * (int(asked.query["page"]) - 1)
        shown_ = records[first : first + 2]
        tag = json.dumps("".join(each["id"] for each in shown_))
        if asked.headers.get("if-none-match") == tag:
            return Reply(status=304)
        return says(shown_, X_Total=str(len(records)), ETag=tag)

    said = """
      total_header: X-Total
      pages: {by: number, parameter: page, size: 2}
"""
    teehaus = Teehaus(api, waits, said, pages, products("a", "b"))
    teehaus.pull()
    teehaus.records += products("c")
    assert teehaus.pull().rows == 1
    assert teehaus.shown == ["a", "b", "c"]


def test_a_window_of_days_is_nothing_that_an_api_is_asked_for(counted: Teehaus) -> None:
    with pytest.raises(PullError, match="pulled whole"):
        counted.pull(window=object())
