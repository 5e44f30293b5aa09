from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from lambdas.ingest.rest.retrying import Clock
from tests.api_server import Api, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Waits:
    """A clock that passes only while somebody sleeps; `slept` is for how long each time."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.passed, self._today, self._sleep, random.Random(1).uniform)

    def _today(self) -> datetime:
        return datetime(2026, 3, 17, 12, tzinfo=UTC) + timedelta(seconds=self.passed)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture(scope="module")
def _server() -> Iterator[Api]:
    with serving() as found:
        yield found


@pytest.fixture
def api(_server: Api) -> Api:
    _server.asked.clear()
    return _server
