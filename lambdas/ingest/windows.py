"""A window of whole UTC days, as whoever starts a pull by hand says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from lambdas.ingest.errors import PullError

SPELLINGS = "`{date}`, `{from, to}` or `{days_ago}`"


@dataclass(frozen=True)
class Window:
    """From midnight of `first` until midnight behind `last`, in UTC."""

    first: date
    last: date

    def to_dict(self) -> dict[str, str]:
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    @property
    def start(self) -> datetime:
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        day = self.last + timedelta(days=1)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)


def window(said: Any, started: datetime) -> Window | None:
    """None if nothing is said. `days_ago` counts from the UTC day on which the run was started.

    Raises PullError that names what is wrong.
    """
    if said is None:
        return None
    if not isinstance(said, dict):
        raise PullError(f"window: it is {SPELLINGS}, not {said!r}")
    names = frozenset(said)
    if names == {"date"}:
        day = _day("date", said["date"])
        return Window(day, day)
    if names == {"days_ago"}:
        day = started.astimezone(UTC).date() - timedelta(days=_days(said["days_ago"]))
        return Window(day, day)
    if names == {"from", "to"}:
        first, last = _day("from", said["from"]), _day("to", said["to"])
        if last < first:
            raise PullError(f"window: `to` {last} lies before `from` {first}")
        return Window(first, last)
    raise PullError(f"window: it is {SPELLINGS}, not {sorted(map(str, names))}")


def _day(name: str, said: Any) -> date:
    try:
        found = date.fromisoformat(said)
        if found.isoformat() == said and found < date.max:
            return found
    except (TypeError, ValueError):
        pass
    raise PullError(f"window.{name}: {said!r} is no day as 2026-03-17")


def _days(said: Any) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or not 0 <= said <= MOST_DAYS:
        raise PullError(f"window.days_ago: {said!r} is no whole number from 0 to {MOST_DAYS}")
    return said


MOST_DAYS = 36_500
