"""What is pulled: a database and an API on two days, the ends of history and of the increment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from local.generate import database, teehaus
from local.generate.truth import PullTruth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from local.generate.world import World

DATABASE, API = "database", "api"
"""Folders, in each of which one a day."""
DAYS = (1, 2)
OVERLAP = 1000
"""So many numbers each pull of a table reads again that counts: what a pull file says without."""


def parts(world: World, folder: Path) -> Iterator[Callable[[], None]]:
    """Each writes one."""
    for day in DAYS:
        script = folder / DATABASE / str(day) / database.FILE
        yield partial(database.write_database, world, day, script)
        yield partial(teehaus.write_api, world, day, folder / API / str(day))


def truth_of_pulls(world: World) -> dict[str, dict[str, PullTruth]]:
    """By day and then by mapping, if all is pulled on either day."""
    found: dict[str, dict[str, PullTruth]] = {}
    for day in DAYS:
        told = found[str(day)] = {}
        for row in world.rows("told_by_pulls", day=day, overlap=OVERLAP):
            truth = told.setdefault(row["source"], PullTruth())
            if row["reason"]:
                truth.quarantined[row["reason"]] = row["rows"]
            else:
                truth.accepted += row["rows"]
                truth.tombstones += row["rows"] if row["gone"] else 0
    return found
