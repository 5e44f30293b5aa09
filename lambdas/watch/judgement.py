"""What alarms cannot compute from one metric: how far gold is behind, and what share is set aside.

Pure. A series is what CloudWatch has of a metric: by the start of a period, in Unix seconds, the
statistic of the values in it; periods without values are absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Series = Mapping[float, float]

EXACT = 0.01
"""Seconds within which two notes of one moment agree: both were rounded to milliseconds."""


def gold_lag(first: Series, last: Series, published: Series, now: float) -> float:
    """Seconds that the oldest checkout which gold lacks has waited; 0 if it has all of them.

    `first` and `last` are the moments of each period's first and last checkout, `published` the
    newest sale of the runs that ended in each period. Gold has all up to the newest of these: an
    older sale that a failed run holds back is for that run's alarm.

        checkouts   a . b . . . c . . . . . . d        now
        gold has    a . b                              |
        lag                     |<--------------------->|      of c: not of d, and not d - b

    So it is 0 while nobody buys, grows while runs stand still, whether or not there is traffic,
    and does not jump when the first customer comes after a quiet night. If some of a period's
    checkouts are in gold and some are not, the oldest missing one is unknown; it is taken to
    follow the newest that gold has, which errs by a period at most, and never towards fresh.
    """
    has = max(published.values(), default=float("-inf"))
    waiting = [start for start, moment in last.items() if moment > has + EXACT]
    if not waiting:
        return 0.0
    oldest = max(first[min(waiting)], has)
    return max(now - oldest, 0.0)


def quarantined_percent(records: Series, quarantined: Series, enough: int) -> float:
    """Of all records in the series, those set aside; 0 of fewer than `enough` quarantined.

    Without the floor, one bad record in a quiet hour would be 100 %.
    """
    bad = sum(quarantined.values())
    if bad < enough:
        return 0.0
    return 100 * bad / sum(records.values())
