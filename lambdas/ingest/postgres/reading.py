"""`Rows` of one table."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.reader import Reader
from lambdas.ingest.postgres.shape import relation
from lambdas.ingest.postgres.sheet import Limits, Sheet
from lambdas.ingest.postgres.spans import Chunk, Span
from lambdas.sql import identifiers, literal, quoted, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdas.ingest.postgres.connection import Connection
    from lambdas.ingest.postgres.marks import Marks
    from lambdas.ingest.postgres.shape import Column
    from lambdas.ingest.windows import Window


@dataclass
class TableRows(Reader):
    """`goes_by` is the column, and `use` what the pull file calls it."""

    goes_by: str = field(kw_only=True)
    use: str = field(default="cursor", kw_only=True)
    limits: Limits = field(default_factory=Limits, kw_only=True)

    @cached_property
    def by(self) -> Marks:
        return self.retried(self._by)

    def horizon(self, reached: str | None) -> Span | None:
        return self.retried(lambda connection: self._horizon(connection, reached))

    def days(self, window: Window) -> Span:
        return self.retried(lambda connection: self._days(connection, window))

    def chunk(self, span: Span, after: Marks | None) -> Chunk:
        return self.retried(lambda connection: self._chunk(connection, span, after))

    def refuse_unread(self) -> None:
        if self.retried(self._unread):
            names = dict.fromkeys((self.goes_by, *self.said.key))
            raise PullError(
                f"{self.place}: there are rows whose {' or '.join(names)} is NULL: they are not "
                "read. Leave them out by `where`, or mend them"
            )

    def _by(self, connection: Connection) -> Marks:
        shape = self.shape(connection)
        return tuple(map(shape.spelling, shape.marks(self.goes_by, self.use)))

    def _horizon(self, connection: Connection, reached: str | None) -> Span | None:
        shape = self.shape(connection)
        steps = shape.steps(shape.column(self.goes_by, self.use))
        known = f"{'NULL' if reached is None else literal(reached)}::{steps.pop('as')}"
        [[upper, lower]] = connection.query(statement("ingest/horizon", reached=known, **steps))
        return None if upper is None else Span(lower, upper)

    def _days(self, connection: Connection, window: Window) -> Span:
        shape = self.shape(connection)
        bounds = shape.bounds(shape.column(self.goes_by, self.use), window)
        [[lower, upper]] = connection.query(statement("ingest/days", **bounds))
        return Span(lower, str(upper), closed=False)

    def _chunk(self, connection: Connection, span: Span, after: Marks | None) -> Chunk:
        shape = self.shape(connection)
        marks = shape.marks(self.goes_by, self.use)
        names = [quoted(each.name) for each in marks]
        query = statement(
            "ingest/rows",
            columns=identifiers(map(quoted, shape.selected(marks))),
            relation=relation(self.said),
            within=_within(marks, span, after),
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
        marks = self.shape(connection).marks(self.goes_by, self.use)
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


def _within(marks: Sequence[Column], span: Span, after: Marks | None) -> str:
    """What is left of the span behind `after`, as SQL: rows with all marks, none of them NULL.

    A row without one has no place in the order, and nothing could go on behind it.
    """
    first, *_ = names = [quoted(each.name) for each in marks]
    parts = [f"{first} {'<=' if span.closed else '<'} {literal(span.upper)}"]
    if after is not None:
        parts.append(f"({', '.join(names)}) > ({', '.join(map(literal, after))})")
    elif span.lower is not None:
        parts.append(f"{first} >= {literal(span.lower)}")
    parts += [f"{quoted(each.name)} IS NOT NULL" for each in marks if each.nullable]
    return " AND ".join(parts)
