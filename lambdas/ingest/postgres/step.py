"""One table of a pull, in the mode that its order and its pull file say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.address import address
from lambdas.ingest.postgres.connection import Connection
from lambdas.ingest.postgres.days import read_days
from lambdas.ingest.postgres.passes import Passes
from lambdas.ingest.postgres.reading import TableRows

if TYPE_CHECKING:
    from lambdas.ingest.pulls import Table
    from lambdas.ingest.task import Pulled, Task, Tools


def pull_table(task: Task, tools: Tools) -> Pulled:
    """Raises PullError, or DroppedError if the database stays away."""
    said = task.pull.postgres
    if said is None:
        raise PullError(f"{task.pull.name} is no pull of a database")
    table = said.tables[task.resource].named(task.resource)
    place = f"{task.pull.name}: postgres.tables.{task.resource}"
    connect = partial(Connection, address(said, tools.secret(said.secret)))
    goes_by, use = _column(table, place, dated=task.window is not None)
    rows = TableRows(connect, table, place, goes_by, use)
    try:
        if task.window is not None:
            return read_days(task, tools, rows, task.window)
        return Passes(task, tools, rows).work()
    finally:
        rows.close()


def _column(table: Table, place: str, *, dated: bool) -> tuple[str, str]:
    """The column that a reading goes by, and what the pull file calls it."""
    if dated and table.dated:
        return table.dated, "dated"
    if table.cursor is None:
        raise PullError(f"{place}: a full table has no days; it has no `cursor`")
    return table.cursor, "cursor"
