"""A window of days, read once more; how far the table has come stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lambdas.ingest.postgres.passes import put
from lambdas.ingest.task import Pulled

if TYPE_CHECKING:
    from lambdas.ingest.postgres.spans import Rows
    from lambdas.ingest.task import Task, Tools
    from lambdas.ingest.windows import Window


def read_days(task: Task, tools: Tools, rows: Rows, window: Window) -> Pulled:
    """Until the window's end, or time is up."""
    span = rows.days(window)
    after = tuple(task.place["after"]) if task.place else None
    done = Pulled()
    while True:
        chunk = rows.chunk(span, after)
        done = put(task, tools, chunk, done)
        after = chunk.last
        if not chunk.more:
            return done
        if tools.is_over():
            return replace(done, more=True, place={"after": list(after or ())})
