"""Runs wait for room, but not for ever."""

from __future__ import annotations

from dataclasses import dataclass, field

from lambdas.dispatch.backpressure import PAUSE_SECONDS, wait_for_room


@dataclass
class Busy:
    """Executions of which fewer and fewer are under way."""

    running_now: list[int]
    asked: list[int] = field(default_factory=list)

    def running(self, limit: int) -> int:
        self.asked.append(limit)
        return min(self.running_now.pop(0), limit)


def test_starts_at_once_when_there_is_room() -> None:
    waits: list[float] = []
    assert wait_for_room(Busy([1]), 2, waits.append)  # type: ignore[arg-type]  # a part of the port
    assert waits == []


def test_waits_until_a_run_has_ended() -> None:
    waits: list[float] = []
    assert wait_for_room(Busy([5, 2, 1]), 2, waits.append)  # type: ignore[arg-type]  # a part of the port
    assert len(waits) == 2
    assert all(0 < each <= PAUSE_SECONDS for each in waits)


def test_starts_all_the_same_when_patience_is_at_an_end() -> None:
    waits: list[float] = []
    busy = Busy([9] * 1000)
    assert not wait_for_room(busy, 2, waits.append, patience=3)  # type: ignore[arg-type]  # a part of the port
    assert 3 <= sum(waits) < 3 + PAUSE_SECONDS
