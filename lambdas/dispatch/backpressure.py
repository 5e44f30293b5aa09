"""Waits for room before it starts runs, so that what arrives meanwhile joins the next one.

Runs side by side rival for the same partitions of gold. While a dispatcher waits, announcements
gather in the queue, and the next batch makes one larger run: the busier the pipeline, the more it
does at once.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.dispatch.ports import Executions

PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 90
"""Then it starts its runs all the same: a full house delays, it never refuses."""


def wait_for_room(
    executions: Executions,
    limit: int,
    sleep: Callable[[float], None] = time.sleep,
    patience: float = PATIENCE_SECONDS,
) -> bool:
    """True as soon as fewer than `limit` runs work; False after `patience` seconds of waiting."""
    waited = 0.0
    while executions.running(limit) >= limit:
        if waited >= patience:
            return False
        pause = random.uniform(PAUSE_SECONDS / 2, PAUSE_SECONDS)
        sleep(pause)
        waited += pause
    return True
