"""The slow net below the sweep: all of raw/, some pages a tick, so that no folder is too old.

A sweep looks into the folders of the last days only. What lands under an older `dt=` (a late
file, a day filled in afterwards) and whose announcement was lost would be seen by nobody. A full
pass goes through raw/ in the order of its keys, a bounded number of pages at each tick; where it
stands is kept in the control table. It begins anew a day after it began last, at the earliest.

    tick n    [ pages ]->            the cursor is written behind each page that is done with
    tick n+1           [ pages ]->   after a crash a page is gone through again, which is harmless
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Protocol

from lambdas.dispatch.runs import batched
from lambdas.dispatch.settings import CLAIM_DAYS
from lambdas.dispatch.sweep import LATE_DAYS
from lambdas.lake.layout import RAW

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from lambdas.dispatch.ports import Listed, Mark, RawVersions
    from lambdas.dispatch.sweep import Sweep

EVERY = timedelta(days=1)
LOOKBACK = timedelta(days=CLAIM_DAYS - 10)
"""How long ago an object may be written: an older one's claim may be gone, and it would be
promoted once more."""
FILED = re.compile(r"/dt=(\d{4}-\d{2}-\d{2})/")


@dataclass(frozen=True)
class Cursor:
    """Behind `after` the pass goes on that began at `began`; None: it is through."""

    began: datetime
    after: Mark | None = None


class Cursors(Protocol):
    """Where the full pass stands, between two ticks."""

    def read(self) -> Cursor | None:
        """None before the first pass."""
        ...

    def write(self, cursor: Cursor) -> None: ...


@dataclass(frozen=True)
class FullPass:
    """`pages` of `Dispatcher.max_objects` versions are gone through a tick.

    `swept` and `grace` are the lookback and the grace of the sweeps of the last days. Every object
    is checked for a claim. Whether its run stands is asked of Step Functions, run by run, and so
    only for what no sweep has looked at.
    """

    cursors: Cursors
    pages: int
    swept: timedelta
    grace: timedelta

    def go_on(
        self, sweep: Sweep, versions: RawVersions, now: datetime, has_time: Callable[[], bool]
    ) -> Sweep:
        """Does one tick's pages; `complete` says whether the pass is through."""
        cursor = self.cursors.read()
        if cursor is None or (cursor.after is None and cursor.began + EVERY <= now):
            cursor = Cursor(now)
        elif cursor.after is None:
            return sweep
        stands = cache(sweep.dispatcher.stands)
        listed = batched(versions.under(RAW, cursor.after), sweep.dispatcher.max_objects)
        for number, page in enumerate(listed, 1):
            due = [each for each in page if now - LOOKBACK <= each.modified <= now - self.grace]
            late = {each.object for each in due if self._came_late(each)}
            sweep.look_at([each.object for each in due], stands, late.__contains__)
            cursor = Cursor(cursor.began, page[-1].mark)
            self.cursors.write(cursor)
            if number == self.pages or not has_time():
                sweep.complete = False
                return sweep
        self.cursors.write(Cursor(cursor.began))
        return sweep

    def _came_late(self, listed: Listed) -> bool:
        """Whether its folder was too old for every sweep of its time."""
        filed = FILED.search(listed.object.key)
        seen_from = (listed.modified - self.swept - timedelta(days=LATE_DAYS)).date()
        return filed is not None and filed[1] <= seen_from.isoformat()
