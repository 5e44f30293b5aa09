"""Time and chance, injected: nothing in the use cases asks the machine."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from lambdas.api.errors import ContentionError
from lambdas.api.ids import RANDOM_BITS, uuid7

Clock = Callable[[], datetime]
IdFactory = Callable[[], str]
Answer = TypeVar("Answer")


def utc_now() -> datetime:
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and Z: as text it sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def uuid7_factory(clock: Clock) -> IdFactory:
    def new_id() -> str:
        return str(uuid7(int(clock().timestamp() * 1000), secrets.randbits(RANDOM_BITS)))

    return new_id


def full_jitter(ceiling: float) -> float:
    """Seconds to wait: anything up to the ceiling, so that rivals do not meet again."""
    return random.uniform(0, ceiling)


@dataclass(frozen=True)
class Retry:
    """Makes an attempt again while the table is contended, within `budget` seconds.

    Waits grow from `base` to `cap` seconds before jitter. When the budget is spent, the last
    ContentionError is raised: the caller may come again.
    """

    budget: float = 8.0
    base: float = 0.02
    cap: float = 0.5
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[float], float] = full_jitter

    def run(self, attempt: Callable[[], Answer]) -> Answer:
        deadline = self.monotonic() + self.budget
        ceiling = self.base
        while True:
            try:
                return attempt()
            except ContentionError:
                wait = self.jitter(ceiling)
                if self.monotonic() + wait > deadline:
                    raise
            self.sleep(wait)
            ceiling = min(self.cap, ceiling * 2)
