"""What is asked of one table: over connections that may drop, in short transactions."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.connection import Connection, DroppedError
from lambdas.ingest.postgres.shape import Column, Shape
from lambdas.sql import literal, statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.ingest.pulls import Table

T = TypeVar("T")
TRIES = 5
"""On connections of their own, about ten seconds together."""


@dataclass
class Reader:
    """`place` is the table's in the pull file, for errors; `is_over` says that time is up."""

    connect: Callable[[], Connection]
    said: Table
    place: str
    pause: Callable[[float], None] = time.sleep
    is_over: Callable[[], bool] = lambda: False

    def __post_init__(self) -> None:
        self._open: Connection | None = None

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def shape(self, connection: Connection) -> Shape:
        """Raises PullError if there is no such table."""
        said = self.said
        query = statement("ingest/columns", schema=literal(said.schema_), table=literal(said.name))
        found = [
            Column(str(name), str(kind), nullable == "true")
            for name, kind, nullable in connection.query(query)
        ]
        if not found:
            raise PullError(f"{self.place}: there is no table {said.schema_}.{said.name}")
        return Shape(self.place, said, tuple(found))

    def retried(self, work: Callable[[Connection], T]) -> T:
        """In a transaction, if need be on another connection; raises what the last try raised.

        A server that says nothing takes minutes of each try: none is begun once time is up.
        """
        for attempt in range(TRIES - 1):
            try:
                return self._once(work)
            except DroppedError:
                if self.is_over():
                    raise
                self.pause(random.uniform(0.5, 1) * 2**attempt)
        return self._once(work)

    def _once(self, work: Callable[[Connection], T]) -> T:
        if self._open is None or self._open.spent:
            self._open = self.connect()
        try:
            with self._open.reading():
                return work(self._open)
        except BaseException:
            self.close()
            raise
