"""Waits for room before it starts runs, so that what arrives meanwhile joins the next one.

Runs side by side rival for the same partitions of gold. While a dispatcher waits, announcements
gather in the queue, and the next batch makes one larger run: the busier the pipeline, the more it
does at once.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.dispatch.runs import is_captured

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.dispatch.ports import Working

PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 90
"""Then it starts its runs all the same: a full house delays, it never refuses."""


@dataclass(frozen=True)
class Room:
    """For `limit` runs of what was captured, and for as many of what other sources sent.

    Neither takes the other's, so that the API's changes wait for no file. Each of the `backfills`
    has one more.
    """

    limit: int
    runs: Working
    backfills: Working

    def for_captured(self) -> bool:
        return sum(map(is_captured, self.runs.running())) < self.limit

    def for_sent(self) -> bool:
        at_work = sum(not is_captured(name) for name in self.runs.running())
        return at_work < self.limit or at_work < self.limit + len(self.backfills.running())


def wait_for(
    room: Callable[[], bool],
    patience: float = PATIENCE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> float:
    """Returns as soon as there is room, or after `patience` seconds; how long it has waited."""
    waited = 0.0
    while waited < patience and not room():
        pause = random.uniform(PAUSE_SECONDS / 2, PAUSE_SECONDS)
        sleep(pause)
        waited += pause
    return waited
