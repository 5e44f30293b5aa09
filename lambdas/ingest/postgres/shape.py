"""A table as it is now: its columns, and how the one that a reading goes by counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from lambdas.ingest.errors import PullError
from lambdas.sql import literal, quoted, statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdas.ingest.pulls import Table
    from lambdas.ingest.windows import Window

TIME, LOCAL, DAY = "timestamp with time zone", "timestamp without time zone", "date"
NUMBERS = frozenset({"smallint", "integer", "bigint"})
LAG, OVERLAP = timedelta(minutes=1), timedelta(minutes=10)
TURNED_BACK = "1 hour"
"""So far clocks of a zone go back in autumn: for as long `reached` stands, and rows come behind it.
"""
NUMBERS_LAG, NUMBERS_OVERLAP = 0, 1000


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    nullable: bool


@dataclass(frozen=True)
class Shape:
    """`place` is the table's in the pull file, for errors."""

    place: str
    said: Table
    columns: tuple[Column, ...]

    def column(self, name: str, use: str) -> Column:
        """Raises PullError that names the table, what the column is for, and the column."""
        for each in self.columns:
            if each.name == name:
                return each
        raise PullError(f"{self.place}.{use}: the table has no column {name!r} (any more)")

    def marks(self, by: str, use: str) -> list[Column]:
        """The columns that a reading goes by, each once."""
        found = [self.column(by, use), *(self.column(each, "key") for each in self.said.key)]
        return list(dict.fromkeys(found))

    def spelling(self, mark: Column) -> str:
        """What has to stay the same for a mark that was written down to mean what it meant."""
        kind = "whole number" if mark.type in NUMBERS else mark.type
        return f"{mark.name} {kind} {self.said.timezone if mark.type == LOCAL else ''}".rstrip()

    def selected(self, marks: Sequence[Column]) -> list[str]:
        """Marks first, then what else is wanted and there, in the table's order."""
        first = list(dict.fromkeys(each.name for each in marks))
        wanted = self.said.columns
        rest = [
            each.name
            for each in self.columns
            if each.name not in first and (wanted is None or each.name in wanted)
        ]
        return first + rest

    def steps(self, cursor: Column) -> dict[str, str]:
        """`clock`, `lag` and `overlap` of the cursor as SQL, and `as`, its type.

        Raises PullError if the column is no cursor, or they are not in its units.
        """
        if cursor.type in NUMBERS:
            highest = statement(
                "ingest/highest", cursor=quoted(cursor.name), relation=relation(self.said)
            )
            lag = self._amount("lag", self.said.lag, NUMBERS_LAG)
            overlap = self._amount("overlap", self.said.overlap, NUMBERS_OVERLAP)
            return {"clock": highest, "lag": lag, "overlap": overlap, "as": "numeric"}
        now, zone = statement("ingest/clock"), self.said.timezone
        clocks = {TIME: now, LOCAL: f"{now} AT TIME ZONE {literal(zone)}"}
        if cursor.type not in clocks:
            raise PullError(
                f"{self.place}.cursor: {cursor.name!r} is {cursor.type}, and neither a time nor a "
                "whole number"
            )
        overlap = self._time("overlap", self.said.overlap, OVERLAP)
        if cursor.type == LOCAL and zone != "UTC":
            overlap = f"({overlap} + interval '{TURNED_BACK}')"
        return {
            "clock": f"({clocks[cursor.type]})",
            "lag": self._time("lag", self.said.lag, LAG),
            "overlap": overlap,
            "as": cursor.type,
        }

    def bounds(self, dated: Column, window: Window) -> dict[str, str]:
        """`start` and `end` of a window as SQL, in the column's type."""
        if dated.type == DAY:
            ends = (window.start.date(), window.end.date())
            start, end = (f"{literal(each)}::date" for each in ends)
        elif dated.type in {TIME, LOCAL}:
            zone = f" AT TIME ZONE {literal(self.said.timezone)}" if dated.type == LOCAL else ""
            start, end = (
                f"{literal(each.isoformat())}::timestamptz{zone}"
                for each in (window.start, window.end)
            )
        else:
            raise PullError(
                f"{self.place}.dated: {dated.name!r} is {dated.type}: days go by a column of times"
            )
        return {"start": start, "end": end}

    def _amount(self, use: str, said: timedelta | int | None, default: int) -> str:
        if isinstance(said, timedelta):
            raise PullError(f"{self.place}.{use}: it is a time, and the cursor a whole number")
        return str(default if said is None else said)

    def _time(self, use: str, said: timedelta | int | None, default: timedelta) -> str:
        if isinstance(said, int):
            raise PullError(f"{self.place}.{use}: it is a number, and the cursor a time")
        seconds = int((default if said is None else said).total_seconds())
        return f"interval '{seconds} seconds'"


def relation(said: Table) -> str:
    """The table's name in SQL, whatever it has in it."""
    return f"{quoted(said.schema_)}.{quoted(said.name)}"
