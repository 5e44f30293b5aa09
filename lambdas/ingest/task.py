"""What one invocation is asked to do, what it works with, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from lambdas.ingest.pulls import Pull
    from lambdas.ingest.states import States
    from lambdas.ingest.windows import Window
    from lambdas.lake.objects import ObjectStore


@dataclass(frozen=True)
class Task:
    """One resource of a pull, in one run; `run` is the execution's name.

    With a `window`, what lies in it is read once more, and the state stays as it is. `place` is
    where the invocation before stopped that said that there is more; None in the first. What it
    holds, the kind of pull knows. With `accept_losses` a person says that whatever a snapshot lacks
    is gone, however much it is.
    """

    pull: Pull
    resource: str
    run: str
    started: datetime
    window: Window | None = None
    place: dict[str, Any] | None = None
    accept_losses: bool = False


@dataclass(frozen=True)
class Tools:
    """`secret` gives a secret's text by its name; `is_over` says that time is up."""

    lake: ObjectStore
    states: States
    secret: Callable[[str], str]
    is_over: Callable[[], bool]


@dataclass(frozen=True)
class Pulled:
    """What an invocation put into raw, and whether there is `more`, from `place` on."""

    rows: int = 0
    objects: int = 0
    more: bool = False
    place: dict[str, Any] | None = None


Puller = Callable[[Task, Tools], Pulled]
"""One kind of pull: works until all is done or time is up."""
