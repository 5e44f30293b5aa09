"""Runs wait for room, but not for ever, and what the API changed for nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from lambdas.dispatch.backpressure import FIRST_PAUSE, LONGEST_PAUSE, PATIENCE_SECONDS, Room
from lambdas.dispatch.runs import Origin, run_digest
from lambdas.lake.documents import RawObject
from tests.dispatching import raw

CAPTURED = run_digest([raw(1)])
SENT = run_digest([RawObject("raw/shop/till.csv", "v1")])


@dataclass
class Working:
    """Executions at work, until one has looked so often."""

    names: list[str]
    looks: float = float("inf")
    asked: int = 0

    def running(self) -> list[str]:
        self.asked += 1
        return self.names if self.asked <= self.looks else []


@dataclass
class Waits:
    seconds: list[float] = field(default_factory=list)

    def room(self, runs: Working, patience: float = PATIENCE_SECONDS) -> Room:
        return Room(1, runs, Working([]), patience, self.seconds.append)


def room(runs: list[str], limit: int = 1, backfills: int = 0) -> Room:
    return Room(limit, Working(runs), Working(["backfill"] * backfills))


def test_starts_at_once_when_there_is_room() -> None:
    waits = Waits()
    waits.room(Working([SENT])).wait(Origin.CAPTURED)
    assert waits.seconds == []


def test_waits_until_a_run_has_ended() -> None:
    waits = Waits()
    waits.room(Working([CAPTURED], looks=2)).wait(Origin.CAPTURED)
    assert len(waits.seconds) == 2
    assert 0 < waits.seconds[0] <= FIRST_PAUSE


def test_looks_more_seldom_the_longer_it_waits() -> None:
    waits, runs = Waits(), Working([CAPTURED])
    waits.room(runs).wait(Origin.CAPTURED)
    assert PATIENCE_SECONDS <= sum(waits.seconds) < PATIENCE_SECONDS + LONGEST_PAUSE
    assert PATIENCE_SECONDS / LONGEST_PAUSE < runs.asked < 2.5 * PATIENCE_SECONDS / LONGEST_PAUSE


@pytest.mark.parametrize("patience", [0, 3])
def test_starts_all_the_same_when_patience_is_at_an_end(patience: float) -> None:
    waits = Waits()
    full = waits.room(Working([CAPTURED, SENT]), patience)
    full.wait(Origin.CAPTURED)
    waited = sum(waits.seconds)
    assert patience <= waited < patience + LONGEST_PAUSE
    full.wait(Origin.SENT)
    assert sum(waits.seconds) == waited, "what it has is for all that it waits for"


def test_what_was_captured_takes_room_from_what_was_captured_alone() -> None:
    again = f"again-1-{SENT}"
    assert room([SENT, f"{SENT}-2", again]).is_there(Origin.CAPTURED)
    assert room([CAPTURED], limit=2).is_there(Origin.CAPTURED)
    assert not room([CAPTURED, SENT]).is_there(Origin.CAPTURED)
    assert not room([f"{CAPTURED}-2"], backfills=1).is_there(Origin.CAPTURED)


def test_files_take_room_from_files() -> None:
    assert room([CAPTURED, CAPTURED]).is_there(Origin.SENT)
    assert not room([SENT]).is_there(Origin.SENT)
    assert not room([f"replay-1-{CAPTURED}"]).is_there(Origin.SENT)


def test_a_backfills_run_takes_none_of_it() -> None:
    assert room([SENT], backfills=1).is_there(Origin.SENT)
    assert not room([SENT, SENT], backfills=1).is_there(Origin.SENT)
