"""Which records of an object make the engine fail: told by halving what fails until it is one.

A failure of the engine names no record, so the records are tried: k of n cost O(k log n) trials.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lambdas.clean.judging import judge
from lambdas.clean.reasons import Reason
from lambdas.engine import POISON, connect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdas.clean.judging import Staged
    from lambdas.clean.reasons import Rejection

MAX_TRIALS = 200
"""For one object's part. A trial cleans up to all of its records, so of a large part they cost
minutes; a few records among many thousands are told apart within them, hundreds are not."""


def unprocessable(
    staged: Sequence[Staged], folder: Path, max_trials: int = MAX_TRIALS
) -> dict[int, Rejection]:
    """The rejections, by row, of the records that the engine cannot live with.

    Whatever still hides one among others after `max_trials` is rejected with it. A failure that
    takes two records together has no culprit here; cleaning then fails again.
    """
    failing = deque((each, each.path.read_bytes().splitlines(keepends=True)) for each in staged)
    found: dict[int, Rejection] = {}
    for _ in range(max_trials):
        if not failing:
            return found
        suspect, records = failing.popleft()
        error = _failure(suspect, records, folder)
        if error and len(records) == 1:
            found[_row(records[0])] = Reason.UNPROCESSABLE_RECORD.of().because(error)
        elif error:
            middle = len(records) // 2
            failing += [(suspect, records[:middle]), (suspect, records[middle:])]
    unresolved = Reason.UNPROCESSABLE_RECORD.of().because(
        f"it, or one of its neighbours; that was not told apart in {max_trials} trials"
    )
    return found | {_row(record): unresolved for _, records in failing for record in records}


def _failure(staged: Staged, records: list[bytes], folder: Path) -> str | None:
    """How the engine fails on the records, if it does; its own engine, as it may be broken then."""
    with TemporaryDirectory(dir=folder) as trial, connect(Path(trial)) as connection:
        path = Path(trial) / staged.path.name
        path.write_bytes(b"".join(records))
        try:
            judge(connection, [replace(staged, path=path)], Path(trial))
        except POISON as error:
            return told(error, Path(trial))
    return None


def told(error: Exception, folder: Path) -> str:
    """What the engine says, without what differs from one time to the next: folders, traces."""
    return str(error).partition("\n")[0].replace(str(folder), "")


def _row(record: bytes) -> int:
    row: int = json.loads(record)["record"]
    return row
