"""Once more, after a while: how often, how long after, and when not."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar

from lambdas.ingest.rest.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

ATTEMPTS = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 20.0
LONGEST_WAIT = 120.0
"""Seconds that an API may ask us to stay away, while a function waits for it."""

PAGE_SECONDS = 200.0
"""For a page with all its attempts and pauses, less than a function keeps for what it began."""


@dataclass(frozen=True)
class Clock:
    """Time and chance, so that tests need neither."""

    now: Callable[[], float] = time.monotonic
    today: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform


class PassingError(Exception):
    """An attempt failed that may succeed later; after so many seconds, if the API says so."""

    def __init__(self, what: str, after: float | None = None) -> None:
        super().__init__(what)
        self.after = after


def persistently(ask: Callable[[float], T], clock: Clock) -> T:
    """What `ask(seconds that are left)` returns in the end. Raises UnavailableError."""
    until = clock.now() + PAGE_SECONDS
    for attempt in range(ATTEMPTS):
        try:
            return ask(until - clock.now())
        except PassingError as error:
            pause = _pause(error, attempt, clock)
            if attempt == ATTEMPTS - 1 or clock.now() + pause >= until:
                raise UnavailableError(f"{error} ({attempt + 1} attempts)") from error
            clock.sleep(pause)
    raise AssertionError("there is at least one attempt")


def retry_after(said: str | None, clock: Clock) -> float | None:
    """Seconds of a `Retry-After`, a number or a date; None for what is neither."""
    if said is None:
        return None
    if said.strip().isascii() and said.strip().isdigit():
        return float(said.strip()[:9])
    try:
        date = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (aware - clock.today()).total_seconds())


def _pause(error: PassingError, attempt: int, clock: Clock) -> float:
    """Never before the API wants us, and not all of us at once."""
    if error.after is not None:
        if error.after > LONGEST_WAIT:
            raise UnavailableError(f"{error}, and to come back after {error.after:.0f} s")
        return error.after + clock.uniform(0, 1)
    return clock.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
