"""What every pull by snapshots does alike, whatever it fetches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.ingest.snapshots.protocol import Snapshots, new_token
from lambdas.ingest.snapshots.watermark import Place, StatedWatermarks
from lambdas.ingest.task import Pulled
from lambdas.runtime.observe import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lambdas.ingest.snapshots.errors import SupersededError
    from lambdas.ingest.snapshots.protocol import Committed
    from lambdas.ingest.task import Task, Tools


def snapshots_of(
    task: Task,
    tools: Tools,
    into: str,
    key: Sequence[str],
    folder: Path,
    token: Callable[[], str] = new_token,
) -> Snapshots:
    """Those of the task's resource; `folder` is for what does not fit in memory."""
    place = Place(task.pull.name, task.resource, into, tuple(key))
    watermarks = StatedWatermarks(tools.states, place.pull, place.resource)
    return Snapshots(tools.lake, watermarks, place, folder, token)


def losses(task: Task, usual: float) -> float:
    """The share of the known keys that may be gone at once."""
    return 1.0 if task.accept_losses else usual


def committed(done: Committed) -> Pulled:
    return Pulled(rows=done.counts.changed + done.counts.gone, objects=done.objects)


def superseded(error: SupersededError) -> Pulled:
    """No fault: the other one tells what this one would have told."""
    logger.info("older than another snapshot", extra={"because": str(error)})
    return Pulled()
