"""One table of a pull, in the mode that its order and its pull file say."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.address import address
from lambdas.ingest.postgres.connection import Connection
from lambdas.ingest.postgres.days import read_days
from lambdas.ingest.postgres.passes import Passes
from lambdas.ingest.postgres.reader import Reader
from lambdas.ingest.postgres.reading import TableRows
from lambdas.ingest.postgres.whole import pull_whole

if TYPE_CHECKING:
    from lambdas.ingest.task import Pulled, Task, Tools


def pull_table(task: Task, tools: Tools) -> Pulled:
    """Raises PullError, or DroppedError if the database stays away."""
    said = task.pull.postgres
    if said is None:
        raise PullError(f"{task.pull.name} is no pull of a database")
    table = said.tables[task.resource].named(task.resource)
    place = f"{task.pull.name}: postgres.tables.{task.resource}"
    connect = partial(Connection, address(said, tools.secret(said.secret)))
    if table.cursor is None:
        if task.window:
            raise PullError(f"{place}: a full table is pulled whole, and not for a window of days")
        with closing(Reader(connect, table, place, is_over=tools.is_over)) as reader:
            return pull_whole(task, tools, reader)
    reading = partial(TableRows, connect, table, place, is_over=tools.is_over)
    if task.window is None:
        with closing(reading(goes_by=table.cursor)) as rows:
            return Passes(task, tools, rows).work()
    goes_by, use = (table.dated, "dated") if table.dated else (table.cursor, "cursor")
    with closing(reading(goes_by=goes_by, use=use)) as rows:
        return read_days(task, tools, rows, task.window)
