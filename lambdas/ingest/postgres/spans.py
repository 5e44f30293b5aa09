"""What a reading covers, and the port through which rows are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lambdas.ingest.postgres.marks import Marks
    from lambdas.ingest.windows import Window


@dataclass(frozen=True)
class Span:
    """Rows whose first mark lies between the bounds, as the database spells them.

    The lower bound belongs to it, None is no bound; the upper one does if it is `closed`.
    """

    lower: str | None
    upper: str
    closed: bool = True


@dataclass(frozen=True)
class Chunk:
    """Rows that follow each other, as CSV in gzip; `last` is None if there are none."""

    name: str
    body: bytes
    rows: int
    last: Marks | None
    more: bool


class Rows(Protocol):
    """A table, read by marks: a column that it goes by, and its key. Raises as Connection does."""

    @property
    def by(self) -> Marks:
        """The columns, each with all that its texts' meaning depends on.

        Marks that were taken by other ones mean nothing to these.
        """
        ...

    def horizon(self, reached: str | None) -> Span | None:
        """What a pass reads after one that came as far as `reached`; None if there is nothing."""
        ...

    def days(self, window: Window) -> Span: ...

    def chunk(self, span: Span, after: Marks | None) -> Chunk:
        """The next rows in order behind `after`; None is the span's begin."""
        ...

    def refuse_unread(self) -> None:
        """Raises PullError if there are rows that have no marks, so that no chunk has them."""
        ...
