"""Pulls of an API, page by page, against a real server: a snapshot is whole, or it says why not."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.pulls import load
from lambdas.ingest.rest.errors import UnavailableError
from lambdas.ingest.rest.pull import Outside, pull_rest
from lambdas.ingest.snapshots import Place
from lambdas.ingest.task import Pulled, Task, Tools
from tests.api_server import Api, Asked, Reply, says
from tests.fakes import FakeLake
from tests.pulling import FakeStates
from tests.snapshots import shown, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.ingest.rest.conftest import Waits

PLACE = Place("teehaus", "products", "teehaus-products", ("id",))
NUMBERED = """
      records: data.items
      total: data.total
      pages: {by: number, parameter: page, size: 2}
"""
BY_CURSOR = """
      records: items
      pages: {by: cursor, parameter: after, next: meta.next, most: 9}
"""
BY_LINK = """
      query: {limit: "2"}
      pages: {by: link}
      total_header: X-Total
"""
AT_ONCE = NUMBERED.replace("size: 2", "size: 2, at_once: 4")
WHOLE = ""


def products(*names: str) -> list[dict[str, Any]]:
    return [{"id": name, "price": "1.50"} for name in names]


def numbered(asked: Asked, records: list[Any]) -> Reply:
    first = 2 * (int(asked.query["page"]) - 1)
    return says({"data": {"items": records[first : first + 2], "total": len(records)}})


def by_cursor(asked: Asked, records: list[Any]) -> Reply:
    first = int(asked.query.get("after", "0"))
    following = str(first + 2) if first + 2 < len(records) else None
    return says({"items": records[first : first + 2], "meta": {"next": following}})


def by_link(asked: Asked, records: list[Any]) -> Reply:
    first = int(asked.query.get("from", "0"))
    link = f'</products?from=0>; rel=first, <?from={first + 2}&limit=2>; title="a, b"; rel="next"'
    more = link if first + 2 < len(records) else ""
    return says(records[first : first + 2], X_Total=str(len(records)), Link=more)


def whole(_asked: Asked, records: list[Any]) -> Reply:
    return says(records)


KINDS = {
    "number": (NUMBERED, numbered),
    "at once": (AT_ONCE, numbered),
    "cursor": (BY_CURSOR, by_cursor),
    "link": (BY_LINK, by_link),
    "whole": (WHOLE, whole),
}


@dataclass
class Teehaus:
    """The pull of an API's products; `records` are what it has."""

    api: Api
    waits: Waits
    said: str = NUMBERED
    answers: Callable[[Asked, list[Any]], Reply] = numbered
    records: list[Any] = field(default_factory=list)
    lake: FakeLake = field(default_factory=FakeLake)
    states: FakeStates = field(default_factory=FakeStates)
    over: Callable[[], bool] = lambda: False

    def __post_init__(self) -> None:
        self.api.behaviour = lambda asked: self.answers(asked, self.records)
        self._tokens = map(str, itertools.count())

    def pull(self, place: dict[str, Any] | None = None, **said: Any) -> Pulled:
        file = f"""
rest:
  url: {self.api.url}
  plain_http: true
  secret: teehaus
  resources:
    products:
      into: teehaus-products
      path: /products
      key: id
{self.said}"""
        task = Task(load(file, "teehaus"), "products", "run", datetime(2026, 3, 17, tzinfo=UTC))
        tools = Tools(self.lake, self.states, lambda _name: '{"token": "t0p"}', self.over)
        outside = Outside(self.waits.clock, token=lambda: next(self._tokens))
        return pull_rest(replace(task, place=place, **said), tools, outside)

    @property
    def shown(self) -> list[str]:
        return sorted(shown(told(self.lake, PLACE)))


@pytest.fixture(params=KINDS)
def teehaus(request: pytest.FixtureRequest, api: Api, waits: Waits) -> Teehaus:
    """By each kind of pages."""
    return Teehaus(api, waits, *KINDS[request.param])


@pytest.fixture
def counted(api: Api, waits: Waits) -> Teehaus:
    return Teehaus(api, waits)


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


def fails(teehaus: Teehaus, what: str) -> None:
    with pytest.raises(PullError, match=what):
        teehaus.pull()


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


def same_cursor(_asked: Asked, records: list[Any]) -> Reply:
    records.append({"id": str(len(records)), "price": "1"})
    return says({"items": records[-1:], "meta": {"next": "more"}})


def endless(asked: Asked, _records: list[Any]) -> Reply:
    at = int(asked.query.get("after", "0")) + 1
    return says({"items": products(str(at)), "meta": {"next": at}})


def same_page(_asked: Asked, _records: list[Any]) -> Reply:
    return says({"data": {"items": products("a", "b"), "total": 90}})


def foreign_link(_asked: Asked, _records: list[Any]) -> Reply:
    return says(products("a"), X_Total="2", Link="<https://elsewhere.example/p>; rel=next")


def hidden_link(_asked: Asked, _records: list[Any]) -> Reply:
    link = "<https://elsewhere.example\\@127.0.0.1/p>; rel=next"
    return says(products("a"), X_Total="2", Link=link)


def broken_link(_asked: Asked, _records: list[Any]) -> Reply:
    return says(products("a"), X_Total="2", Link="<http://[oops/>; rel=next")


def keyless(_asked: Asked, _records: list[Any]) -> Reply:
    return says([{"no": 1}, {"no": 2}])


@pytest.mark.parametrize(
    ("said", "answers", "what"),
    [
        (BY_CURSOR, same_cursor, "RepeatedCursorError: .* 'more', which was asked before"),
        (BY_CURSOR, endless, "TooManyPagesError: there are more than 9 pages"),
        (NUMBERED, same_page, "RepeatedPageError: page 2 is one that came before"),
        (BY_LINK, foreign_link, "RedirectRefusedError: https://elsewhere.example:443 is not"),
        (BY_LINK, hidden_link, "RefusedError: /products: .* cannot be read"),
        (BY_LINK, broken_link, "RefusedError: /products: .* cannot be read"),
        (WHOLE, keyless, "NoKeysError"),
        (WHOLE, lambda *_: says({"items": []}), "RefusedError: .* no list of records at its top"),
        (NUMBERED, lambda *_: says({"data": []}), "no list of records at data.items"),
        (WHOLE, lambda *_: says([], 401), "RefusedError: /products: HTTP 401"),
        (WHOLE, lambda *_: Reply(b'[{"id": 1, "id": 2}]'), "one name twice"),
        (WHOLE, lambda *_: says([{"id": 1, "_deleted": False}]), "a field `_deleted` of its own"),
        (WHOLE, lambda *_: Reply(status=304), "which nobody asked"),
    ],
)
def test_an_api_that_cannot_be_understood_fails_by_name_and_nothing_is_written(
    api: Api, waits: Waits, said: str, answers: Any, what: str
) -> None:
    teehaus = Teehaus(api, waits, said, answers)
    fails(teehaus, what)
    assert told(teehaus.lake, PLACE) == []
    assert list(teehaus.lake.keys("ingest/")) == [], "what was refused is not kept"


@pytest.mark.parametrize("body", [b"[1,", b"\xff[]", b"", b"[" * 100_000, b"[{}] x"])
def test_what_is_no_json_is_asked_for_again(api: Api, waits: Waits, body: bytes) -> None:
    replies = [Reply(body), says(products("a"))]
    teehaus = Teehaus(api, waits, WHOLE, lambda *_: replies.pop(0))
    assert teehaus.pull().rows == 1


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
