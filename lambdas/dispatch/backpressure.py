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

from lambdas.dispatch.runs import Origin, is_captured

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.dispatch.ports import Working

FIRST_PAUSE, LONGEST_PAUSE, LONGER = 0.5, 3.0, 1.5
"""Seconds: Step Functions takes some listings a second of a whole account."""

PATIENCE_SECONDS = 90.0
"""Then it starts its runs all the same: a full house delays, it never refuses."""


@dataclass
class Room:
    """For `limit` runs of what was captured, and for as many of what other sources sent.

    Neither takes the other's, so that the API's changes wait for no file. Each of the `backfills`
    has one more. `patience` is how long it waits in all, in seconds.
    """

    limit: int
    runs: Working
    backfills: Working
    patience: float = PATIENCE_SECONDS
    sleep: Callable[[float], None] = time.sleep

    def wait(self, origin: Origin) -> None:
        """Returns as soon as there is room for a run, or once patience is at its end."""
        longest = FIRST_PAUSE
        while self.patience > 0 and not self.is_there(origin):
            pause = random.uniform(longest / 2, longest)
            self.sleep(pause)
            self.patience -= pause
            longest = min(longest * LONGER, LONGEST_PAUSE)

    def is_there(self, origin: Origin) -> bool:
        """Whether there is room for a run of this origin now."""
        captured = [is_captured(name) for name in self.runs.running()]
        at_work = captured.count(origin is Origin.CAPTURED)
        if at_work < self.limit or origin is Origin.CAPTURED:
            return at_work < self.limit
        return at_work < self.limit + len(self.backfills.running())
