"""What dispatch needs of the world: claims, executions, the raw objects that exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from lambdas.lake.documents import RawObject

UNSUCCESSFUL = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
"""The statuses after which a run needs another attempt; any other is under way or done."""


class Claims(Protocol):
    """Which run has an object version. A claim never changes its owner."""

    def claim(self, objects: Sequence[RawObject], digest: str) -> dict[RawObject, str]:
        """Claims what is free for the run; returns the owner of each object, old or new."""
        ...

    def owners(self, objects: Sequence[RawObject]) -> dict[RawObject, str]:
        """The owners of those objects that are claimed; may lag behind."""
        ...


class Working(Protocol):
    """Executions of a state machine that are under way."""

    def running(self) -> Sequence[str]:
        """Names of up to a thousand; may lag behind."""
        ...


class Executions(Working, Protocol):
    """The promotion's executions. A name is used once."""

    def start(self, name: str, run_input: str) -> bool:
        """False if there is an execution of this name already."""
        ...

    def status(self, name: str) -> str | None:
        """None if there is none; may lag behind."""
        ...

    def since(self, moment: datetime) -> Iterable[tuple[str, str]]:
        """Name and status of all that started at or after `moment`."""
        ...

    def unsuccessful(self) -> Iterable[str]:
        """Names of all that failed, as far back as Step Functions keeps them (90 days)."""
        ...


@dataclass(frozen=True)
class Mark:
    """A position in a listing by key: behind this version."""

    key: str
    version_id: str | None = None


@dataclass(frozen=True)
class Listed:
    object: RawObject
    modified: datetime

    @property
    def mark(self) -> Mark:
        return Mark(self.object.key, self.object.version_id)


class RawVersions(Protocol):
    """All object versions in the lake."""

    def under(self, prefix: str, after: Mark | None = None) -> Iterator[Listed]:
        """In the order of keys."""
        ...

    def filed_since(self, day: date) -> Iterator[Listed]:
        """Those under `raw/` that are not filed under an older `dt=`; in any order."""
        ...
