"""Scans the table into raw/, page by page, for as long as there is time.

A continuation is a plain event: calling again with it goes on, calling twice with the same one
changes nothing. Segments of one scan may run beside each other.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from lambdas.capture.records import raw_files
from lambdas.capture.step import Captured, put_all
from lambdas.resync.records import page_name, record_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lambdas.capture.records import RawFile
    from lambdas.lake.objects import ObjectStore

RESYNC_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.]{0,63}")


class ResyncRequestError(ValueError):
    """The event names no resync that could be done."""


@dataclass(frozen=True)
class Page:
    """Items in DynamoDB's typed form; `next_key` is None after the last."""

    items: list[dict[str, Any]]
    next_key: dict[str, Any] | None


class Table(Protocol):
    def page(self, start_key: dict[str, Any] | None, segment: int, segments: int) -> Page:
        """At most 1 MB of one segment's items, from behind `start_key`."""
        ...


@dataclass(frozen=True)
class Position:
    """How far one segment of a resync has come: the handler's event and its continuation.

    `id` names the resync, `started` is its time in epoch seconds (it files the objects by day),
    `pages` are done. A dry run reads all the same, and writes nothing.
    """

    id: str
    started: int
    segment: int = 0
    segments: int = 1
    pages: int = 0
    start_key: dict[str, Any] | None = None
    dry_run: bool = False

    def __post_init__(self) -> None:
        if not RESYNC_ID.fullmatch(self.id):
            raise ResyncRequestError(f"id: {self.id!r} must be up to 64 letters, digits and dots")
        if not 0 <= self.segment < self.segments:
            raise ResyncRequestError(f"segment: {self.segment} is not below {self.segments}")
        if not isinstance(self.dry_run, bool):
            raise ResyncRequestError(f"dry_run: {self.dry_run!r} must be true or false")

    @classmethod
    def from_event(cls, event: Mapping[str, Any], now: int) -> Position:
        """`{"id"?, "segment"?, "segments"?, "dry_run"?}`, or a continuation; `now` in seconds."""
        given = {name: event[name] for name in cls.__annotations__ if name in event}
        return cls(**{"id": str(now), "started": now, **given})


@dataclass(frozen=True)
class Resynced:
    """`next` is the event to go on with, None at the end of the segment; `size` in bytes.

    In a dry run `captured` and `size` are what would be put.
    """

    captured: Captured
    size: int
    dry_run: bool
    next: Position | None

    def answer(self) -> dict[str, Any]:
        return {
            **asdict(self.captured),
            "bytes": self.size,
            "dry_run": self.dry_run,
            "next": self.next and asdict(self.next),
        }


def resync(
    position: Position, table: Table, store: ObjectStore, has_time: Callable[[], bool]
) -> Resynced:
    """Does at least one page, so that every call gets on."""
    done, size = Captured(), 0
    while True:
        page = table.page(position.start_key, position.segment, position.segments)
        records = [record_of(item, position.started) for item in page.items]
        name = partial(page_name, position.id, f"{position.segment:03d}.{position.pages:06d}")
        files = list(raw_files(records, name))
        done += _counted(files) if position.dry_run else put_all(files, store)
        size += sum(len(file.body) for file in files)
        if page.next_key is None:
            return Resynced(done, size, position.dry_run, None)
        position = replace(position, pages=position.pages + 1, start_key=page.next_key)
        if not has_time():
            return Resynced(done, size, position.dry_run, position)


def _counted(files: Sequence[RawFile]) -> Captured:
    return Captured(records=sum(file.records for file in files), objects=len(files))
