"""Times of equal calls, and what is said of them."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Latency:
    """Of at least two calls, in milliseconds."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Latency:
        cuts = statistics.quantiles(seconds, n=20, method="inclusive")
        return cls(p50=1000 * statistics.median(seconds), p95=1000 * cuts[-1])


def timed(call: Callable[[], object]) -> float:
    """Seconds that the call took."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
