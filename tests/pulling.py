"""Pulls as tests drive them: states and tables in memory, killed or raced at any call of a port."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.ingest.errors import RivalError
from lambdas.ingest.postgres.sheet import FullSheetError, Limits, Sheet
from lambdas.ingest.postgres.spans import Chunk, Span
from lambdas.ingest.pulls import load
from lambdas.ingest.states import State
from lambdas.ingest.task import Task, Tools
from tests.fakes import FakeLake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lambdas.ingest.postgres.marks import Marks
    from lambdas.ingest.pulls import Pull
    from lambdas.ingest.windows import Window

STARTED = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
PULL = """
postgres:
  secret: mercado/shop
  tables:
    orders: {into: shop-orders, key: id, mode: incremental, cursor: changed}
"""


class KilledError(Exception):
    """The function died: it ran out of time or memory."""


def a_pull(text: str = PULL, name: str = "shop") -> Pull:
    return load(text, name)


def a_task(pull: Pull | None = None, resource: str = "orders", **said: Any) -> Task:
    said = {"run": "a", "started": STARTED, **said}
    return Task(pull=pull or a_pull(), resource=resource, **said)


def no_call(_operation: str, _key: str) -> None:
    """Nothing goes wrong."""


@dataclass
class FakeStates:
    """`States` in memory; `before` and `after` as those of `FakeLake`."""

    before: Callable[[str, str], None] = no_call
    after: Callable[[str, str], None] = no_call
    found: dict[tuple[str, str], State] = field(default_factory=dict)

    def read(self, pull: str, resource: str) -> State:
        self.before("read", resource)
        found = self.found.get((pull, resource), State())
        self.after("read", resource)
        return found

    def advance(self, pull: str, resource: str, seen: State, said: dict[str, Any]) -> State:
        self.before("advance", resource)
        if self.found.get((pull, resource), State()).revision != seen.revision:
            raise RivalError(resource)
        following = State(seen.revision + 1, said)
        self.found[pull, resource] = following
        self.after("advance", resource)
        return following


@dataclass
class Calls:
    """Counts the calls of all ports, before and after each; `what` happens at number `at`."""

    at: int = -1
    what: Callable[[], None] = field(default=lambda: None)
    made: int = 0

    def __call__(self, _operation: str, _key: str) -> None:
        self.made += 1
        if self.made - 1 == self.at:
            self.what()


def killed() -> None:
    raise KilledError


@dataclass
class World:
    """A lake and states that all runs share; each run has ports of its own, which may fail it."""

    lake: FakeLake = field(default_factory=FakeLake)
    states: FakeStates = field(default_factory=FakeStates)

    def tools(
        self, calls: Calls | None = None, *, is_over: Callable[[], bool] | None = None
    ) -> Tools:
        calls = calls or Calls()
        return Tools(
            FakeLake(calls, calls, self.lake._versions, self.lake._lock),
            FakeStates(calls, calls, self.states.found),
            secret=lambda name: name,
            is_over=is_over or (lambda: False),
        )

    def rows(self) -> list[dict[str, str]]:
        """All rows in raw, object after object."""
        return [row for key in self.lake.keys("raw/") for row in rows_of(self.lake.get(key).body)]

    def doubled(self) -> list[str]:
        """Objects that were written more than once."""
        return [key for key in self.lake.keys("") if len(self.lake.history(key)) > 1]


def rows_of(body: bytes) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(gzip.decompress(body).decode(), newline=""))


@dataclass(frozen=True)
class Commit:
    """A state of a row: `cursor` says when it was made, `at` when it could be seen."""

    key: int
    cursor: int
    at: int


@dataclass
class FakeRows:
    """`Rows` of a table whose commits are listed, at a time that only `now` moves."""

    commits: Iterable[Commit]
    now: int = 0
    lag: int = 0
    overlap: int = 0
    limits: Limits = field(default_factory=lambda: Limits(3))
    by: Marks = ("changed", "id")

    def seen(self) -> list[Commit]:
        """The newest state of each row."""
        newest: dict[int, Commit] = {}
        for each in sorted(self.commits, key=lambda each: each.at):
            if each.at <= self.now:
                newest[each.key] = each
        return sorted(newest.values(), key=lambda each: (each.cursor, each.key))

    def horizon(self, reached: str | None) -> Span | None:
        upper = self.now - self.lag
        if reached is None:
            return Span(None, str(upper))
        return Span(str(int(reached) - self.overlap), str(max(upper, int(reached))))

    def days(self, window: Window) -> Span:
        return Span(str(window.first.day), str(window.last.day + 1), closed=False)

    def chunk(self, span: Span, after: Marks | None) -> Chunk:
        sheet = Sheet(2, self.limits)
        sheet.write(b"changed,id\n")
        last = int(span.upper) - (not span.closed)
        for each in self.seen():
            here = (each.cursor, each.key)
            begins = here > tuple(map(int, after)) if after else True
            within = each.cursor <= last and (span.lower is None or each.cursor >= int(span.lower))
            if begins and (within if after is None else each.cursor <= last):
                if sheet.rows == self.limits.rows:
                    break
                try:
                    sheet.write(f"{each.cursor},{each.key}\n".encode())
                except FullSheetError:
                    break
        if not sheet.rows:
            return Chunk("", b"", 0, None, more=False)
        return Chunk(sheet.name, sheet.body(), sheet.rows, sheet.last, sheet.more)

    def refuse_unread(self) -> None:
        pass
