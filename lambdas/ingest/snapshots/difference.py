"""What differs between two snapshots that are sorted by key, without holding either."""

from __future__ import annotations

from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.ingest.snapshots.rows import Row

BEFORE, NOW = 0, 1


class Compared(NamedTuple):
    """One key: its row in either snapshot, None where it is not."""

    before: Row | None
    now: Row | None

    @property
    def changed(self) -> bool:
        return self.now is not None and self.now != self.before

    @property
    def gone(self) -> bool:
        return self.now is None


def compared(before: Iterable[Row], now: Iterable[Row]) -> Iterator[Compared]:
    """Every key of both, in order; each of the two has a key once."""
    both = merge(_marked(before, BEFORE), _marked(now, NOW))
    for _, same in groupby(both, key=itemgetter(0)):
        sides = {side: row for _, side, row in same}
        yield Compared(sides.get(BEFORE), sides.get(NOW))


def _marked(rows: Iterable[Row], side: int) -> Iterator[tuple[str, int, Row]]:
    return ((row.key, side, row) for row in rows)
