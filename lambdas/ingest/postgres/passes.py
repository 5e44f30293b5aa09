"""Incremental reading: passes over what has changed, each as far as the horizon at its begin.

A pass reads rows from what the last one reached, less an overlap, to the database's clock, less a
lag. So every row is read that commits no later than lag and overlap together behind the time that
its cursor shows. What changes while a pass is under way moves behind its horizon, to the next.

    t0  state: reached 10:00
    t1  A begins a pass: 9:50 to 10:14              state: + pass of A
    t2  A puts an object, and is killed             state: as it was
    t3  B finds the pass, puts the same object      state: + pass of A, after the object's last row
    t4  B ends it                                   state: reached 10:14
    t5  B begins a pass of its own: a run has not done its work with what another had begun
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lambdas.ingest.errors import RivalError
from lambdas.ingest.postgres.spans import Span
from lambdas.ingest.task import Pulled
from lambdas.lake.layout import pulled_key
from lambdas.lake.objects import create

if TYPE_CHECKING:
    from lambdas.ingest.postgres.marks import Marks
    from lambdas.ingest.postgres.spans import Chunk, Rows
    from lambdas.ingest.states import State
    from lambdas.ingest.task import Task, Tools


@dataclass(frozen=True)
class Standing:
    """How far a table has come; `span` is that of the pass under way, which `run` began."""

    by: Marks
    reached: str | None = None
    span: Span | None = None
    after: Marks | None = None
    run: str = ""

    @classmethod
    def of(cls, said: dict[str, Any], by: Marks) -> Standing:
        """If what was written is about columns of other names, types or zones, it is forgotten."""
        if said.get("by") != list(by):
            return cls(by)
        under_way = said["pass"]
        if under_way is None:
            return cls(by, said["reached"])
        after = under_way["after"]
        return cls(
            by,
            said["reached"],
            Span(under_way["lower"], under_way["upper"]),
            None if after is None else tuple(after),
            under_way["run"],
        )

    def to_dict(self) -> dict[str, Any]:
        under_way = self.span and {
            "lower": self.span.lower,
            "upper": self.span.upper,
            "after": self.after and list(self.after),
            "run": self.run,
        }
        return {"by": list(self.by), "reached": self.reached, "pass": under_way}

    def behind(self, chunk: Chunk) -> Standing:
        if chunk.more:
            return replace(self, after=chunk.last)
        return Standing(self.by, self.span.upper if self.span else self.reached)


@dataclass
class Passes:
    """One invocation's work on one table."""

    task: Task
    tools: Tools
    rows: Rows
    begun: bool = False
    ended: bool = False
    done: Pulled = field(default_factory=Pulled)
    _state: State | None = None

    def work(self) -> Pulled:
        """Until the run's own pass has ended, by whomever, or time is up."""
        self.begun = bool(self.task.place and self.task.place["begun"])
        while True:
            try:
                self._step()
            except RivalError:
                self._state = None
            if self.ended:
                self.rows.refuse_unread()
                return self.done
            if self.tools.is_over():
                return replace(self.done, more=True, place={"begun": self.begun})

    def _step(self) -> None:
        if self._state is None:
            self._state = self.tools.states.read(self.task.pull.name, self.task.resource)
        standing = Standing.of(self._state.said, self.rows.by)
        own = standing.span is not None and standing.run == self.task.run
        if self.begun and not own:
            self.ended = True
        elif standing.span is None:
            self._begin(standing)
        else:
            self.begun = self.begun or own
            self._read(standing, standing.span)

    def _begin(self, standing: Standing) -> None:
        span = self.rows.horizon(standing.reached)
        if span is None:
            self.ended = True
            return
        self._advance(replace(standing, span=span, run=self.task.run))
        self.begun = True

    def _read(self, standing: Standing, span: Span) -> None:
        chunk = self.rows.chunk(span, standing.after)
        self.done = put(self.task, self.tools, chunk, self.done)
        self._advance(standing.behind(chunk))

    def _advance(self, standing: Standing) -> None:
        if self._state is not None:
            self._state = self.tools.states.advance(
                self.task.pull.name, self.task.resource, self._state, standing.to_dict()
            )


def put(task: Task, tools: Tools, chunk: Chunk, done: Pulled) -> Pulled:
    """Puts a chunk into raw; of one that is there already, only the rows count."""
    if not chunk.rows:
        return done
    into = task.pull.resources[task.resource].into
    made = create(
        tools.lake, pulled_key(into, task.pull.name, task.resource, chunk.name), chunk.body
    )
    return replace(done, rows=done.rows + chunk.rows, objects=done.objects + made)
