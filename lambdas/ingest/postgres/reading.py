"""`Rows` of one table, over connections that may drop: each chunk is a transaction of its own."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.connection import Connection, DroppedError
from lambdas.ingest.postgres.shape import Column, Shape, relation
from lambdas.ingest.postgres.sheet import Limits, Sheet
from lambdas.ingest.postgres.spans import Chunk, Span
from lambdas.sql import identifiers, literal, quoted, statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lambdas.ingest.postgres.marks import Marks
    from lambdas.ingest.pulls import Table
    from lambdas.ingest.windows import Window

T = TypeVar("T")
TRIES = 5
"""Of one chunk, on connections of their own, about ten seconds together."""


@dataclass
class TableRows:
    """`goes_by` is the column, `use` what the pull file calls it, `place` the table's in there."""

    connect: Callable[[], Connection]
    said: Table
    place: str
    goes_by: str
    use: str = "cursor"
    limits: Limits = field(default_factory=Limits)
    pause: Callable[[float], None] = time.sleep
    _open: Connection | None = None

    @property
    def by(self) -> Marks:
        return tuple(dict.fromkeys((self.goes_by, *self.said.key)))

    def horizon(self, reached: str | None) -> Span | None:
        return self._retried(lambda connection: self._horizon(connection, reached))

    def days(self, window: Window) -> Span:
        return self._retried(lambda connection: self._days(connection, window))

    def chunk(self, span: Span, after: Marks | None) -> Chunk:
        return self._retried(lambda connection: self._chunk(connection, span, after))

    def refuse_unread(self) -> None:
        if self._retried(self._unread):
            raise PullError(
                f"{self.place}: there are rows whose {' or '.join(self.by)} is NULL: they are not "
                "read. Leave them out by `where`, or mend them"
            )

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _horizon(self, connection: Connection, reached: str | None) -> Span | None:
        shape = self._shape(connection)
        steps = shape.steps(shape.column(self.goes_by, self.use))
        known = f"{'NULL' if reached is None else literal(reached)}::{steps.pop('as')}"
        [[upper, lower]] = connection.query(statement("ingest/horizon", reached=known, **steps))
        return None if upper is None else Span(lower, upper)

    def _days(self, connection: Connection, window: Window) -> Span:
        shape = self._shape(connection)
        bounds = shape.bounds(shape.column(self.goes_by, self.use), window)
        [[lower, upper]] = connection.query(statement("ingest/days", **bounds))
        return Span(lower, str(upper), closed=False)

    def _chunk(self, connection: Connection, span: Span, after: Marks | None) -> Chunk:
        shape = self._shape(connection)
        marks = shape.marks(self.goes_by, self.use)
        names = list(dict.fromkeys(quoted(each.name) for each in marks))
        query = statement(
            "ingest/rows",
            columns=identifiers(map(quoted, shape.selected(marks))),
            relation=relation(self.said),
            within=_within(names, span, after),
            where=self.said.where or "true",
            order=identifiers(names),
            rows=str(self.limits.rows),
        )
        sheet = Sheet(len(names), self.limits)
        connection.copy(query, sheet)
        if not sheet.rows:
            return Chunk("", b"", 0, None, more=False)
        return Chunk(sheet.name, sheet.body(), sheet.rows, sheet.last, sheet.more)

    def _unread(self, connection: Connection) -> bool:
        marks = self._shape(connection).marks(self.goes_by, self.use)
        missing = [f"{quoted(each.name)} IS NULL" for each in marks if each.nullable]
        if not missing:
            return False
        query = statement(
            "ingest/unread",
            relation=relation(self.said),
            missing=" OR ".join(missing),
            where=self.said.where or "true",
        )
        [[found]] = connection.query(query)
        return found == "true"

    def _shape(self, connection: Connection) -> Shape:
        said = self.said
        query = statement("ingest/columns", schema=literal(said.schema_), table=literal(said.name))
        found = [
            Column(str(name), str(kind), nullable == "true")
            for name, kind, nullable in connection.query(query)
        ]
        if not found:
            raise PullError(f"{self.place}: there is no table {said.schema_}.{said.name}")
        return Shape(self.place, said, tuple(found))

    def _retried(self, work: Callable[[Connection], T]) -> T:
        """In a transaction, if need be on another connection; raises what the last try raised."""
        for attempt in range(TRIES):
            try:
                return self._once(work)
            except DroppedError:
                if attempt == TRIES - 1:
                    raise
                self.pause(random.uniform(0.5, 1) * 2**attempt / 2)
        raise AssertionError("the last try returns or raises")

    def _once(self, work: Callable[[Connection], T]) -> T:
        if self._open is None or self._open.spent:
            self._open = self.connect()
        try:
            with self._open.reading():
                return work(self._open)
        except BaseException:
            self.close()
            raise


def _within(names: Sequence[str], span: Span, after: Marks | None) -> str:
    """What is left of the span behind `after`, as SQL."""
    first = names[0]
    parts = [f"{first} {'<=' if span.closed else '<'} {literal(span.upper)}"]
    if after is not None:
        parts.append(f"({', '.join(names)}) > ({', '.join(map(literal, after))})")
    elif span.lower is not None:
        parts.append(f"{first} >= {literal(span.lower)}")
    return " AND ".join(parts)
