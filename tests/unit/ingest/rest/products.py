"""An API's products, and pulls of them; the server is a real one, in this process."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.pulls import load
from lambdas.ingest.rest.pull import Outside, pull_rest
from lambdas.ingest.rest.retrying import Clock
from lambdas.ingest.snapshots import Place
from lambdas.ingest.task import Pulled, Task, Tools
from tests.api_server import Api, Asked, Reply, says
from tests.fakes import FakeLake
from tests.pulling import FakeStates
from tests.snapshots import shown, told

if TYPE_CHECKING:
    from collections.abc import Callable


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
BY_OFFSET = """
      pages: {by: offset, parameter: skip, size: 2}
"""
BY_ADDRESS = """
      records: value
      total: "@odata.count"
      pages: {by: link, next: "@odata.nextLink"}
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


def by_offset(asked: Asked, records: list[Any]) -> Reply:
    first = int(asked.query["skip"])
    return says(records[first : first + 2])


def by_address(asked: Asked, records: list[Any]) -> Reply:
    first = int(asked.query.get("$skip", "0"))
    more = {"@odata.nextLink": f"products?$skip={first + 2}"} if first + 2 < len(records) else {}
    return says({"value": records[first : first + 2], "@odata.count": len(records), **more})


def whole(_asked: Asked, records: list[Any]) -> Reply:
    return says(records)


KINDS = {
    "number": (NUMBERED, numbered),
    "at once": (AT_ONCE, numbered),
    "cursor": (BY_CURSOR, by_cursor),
    "link": (BY_LINK, by_link),
    "offset": (BY_OFFSET, by_offset),
    "address": (BY_ADDRESS, by_address),
    "whole": (WHOLE, whole),
}


@dataclass
class Waits:
    """A clock that passes only while somebody sleeps; `slept` is for how long each time."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.passed, self._today, self._sleep, random.Random(1).uniform)

    def _today(self) -> datetime:
        return datetime(2026, 3, 17, 12, tzinfo=UTC) + timedelta(seconds=self.passed)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds


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


def fails(teehaus: Teehaus, what: str) -> None:
    with pytest.raises(PullError, match=what):
        teehaus.pull()
