"""Interleavings of concurrent tasks, one store operation at a time, in the order a seed gives."""

from __future__ import annotations

import threading
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Task = Callable[[], None]


class Schedule:
    """Of several threads exactly one runs; at each `step` it may have to let another go on.

    The same seed and tasks give the same interleaving.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._idle = threading.Semaphore(0)
        self._mine = threading.local()
        self._errors: list[BaseException] = []

    def run(self, tasks: Sequence[Task]) -> None:
        """Returns once all tasks have; raises what the first of them raised."""
        turns = {index: threading.Semaphore(0) for index in range(len(tasks))}
        threads = [
            threading.Thread(target=self._work, args=(task, turns, index), daemon=True)
            for index, task in enumerate(tasks)
        ]
        for thread in threads:
            thread.start()
        while turns:
            turns[self.random.choice(sorted(turns))].release()
            self._idle.acquire()
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def step(self) -> None:
        """Called inside a task before each operation that others can see; elsewhere, nothing."""
        turn = getattr(self._mine, "turn", None)
        if turn is not None:
            self._idle.release()
            turn.acquire()

    def _work(self, task: Task, turns: dict[int, threading.Semaphore], index: int) -> None:
        self._mine.turn = turns[index]
        self._mine.turn.acquire()
        try:
            task()
        except BaseException as error:  # noqa: BLE001  # handed to the caller of run
            self._errors.append(error)
        finally:
            del turns[index]
            self._idle.release()
