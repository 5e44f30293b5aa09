"""Runs wait for room, but not for ever, and what the API changed for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from lambdas.dispatch.backpressure import PAUSE_SECONDS, Room, wait_for
from lambdas.dispatch.runs import run_digest
from lambdas.lake.documents import RawObject
from tests.dispatching import raw

if TYPE_CHECKING:
    from collections.abc import Callable

CAPTURED = run_digest([raw(1)])
SENT = run_digest([RawObject("raw/shop/till.csv", "v1")])


@dataclass
class Working:
    names: list[str]

    def running(self) -> list[str]:
        return self.names


def room(runs: list[str], limit: int = 1, backfills: int = 0) -> Room:
    return Room(limit, Working(runs), Working(["backfill"] * backfills))


def after(looks: int) -> Callable[[], bool]:
    """Room as from so many looks on."""
    numbers = count()
    return lambda: next(numbers) >= looks


def test_starts_at_once_when_there_is_room() -> None:
    waits: list[float] = []
    assert wait_for(after(0), sleep=waits.append) == 0
    assert waits == []


def test_waits_until_a_run_has_ended() -> None:
    waits: list[float] = []
    assert wait_for(after(2), sleep=waits.append) == sum(waits)
    assert len(waits) == 2
    assert all(0 < each <= PAUSE_SECONDS for each in waits)


def test_starts_all_the_same_when_patience_is_at_an_end() -> None:
    assert 3 <= wait_for(lambda: False, 3, lambda _: None) < 3 + PAUSE_SECONDS
    assert wait_for(lambda: False, 0) == 0


def test_what_was_captured_takes_room_from_what_was_captured_alone() -> None:
    again = f"again-1-{SENT}"
    assert room([SENT, f"{SENT}-2", again]).for_captured()
    assert room([CAPTURED], limit=2).for_captured()
    assert not room([CAPTURED, SENT]).for_captured()
    assert not room([f"{CAPTURED}-2"]).for_captured()


def test_files_take_room_from_files() -> None:
    assert room([CAPTURED, CAPTURED]).for_sent()
    assert not room([SENT]).for_sent()
    assert not room([f"replay-1-{CAPTURED}"]).for_sent()


def test_a_backfills_run_takes_none_of_it() -> None:
    assert room([SENT], backfills=1).for_sent()
    assert not room([SENT, SENT], backfills=1).for_sent()
