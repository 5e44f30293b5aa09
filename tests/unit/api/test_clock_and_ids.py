"""Time, ids and waiting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest

from lambdas.api.clock import Retry, full_jitter, timestamp, uuid7_factory
from lambdas.api.errors import ContentionError, EmptyCartError, StaleStateError
from lambdas.api.ids import uuid7
from tests.shop import FakeClock


def test_uuid7_is_the_example_of_rfc_9562() -> None:
    made = uuid7(0x017F22E279B0, 0xCC3 << 62 | 0x18C4DC0C0C07398F)
    assert made == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    assert (made.version, made.variant) == (7, RFC_4122)


def test_ids_sort_by_the_millisecond_they_were_made_in_and_do_not_repeat() -> None:
    clock = FakeClock()
    new_id = uuid7_factory(clock)
    same_millisecond = {new_id() for _ in range(100)}
    clock.sleep(0.001)
    assert len(same_millisecond) == 100
    assert max(same_millisecond) < new_id()


def test_a_timestamp_is_utc_with_microseconds_and_z() -> None:
    moment = datetime(2025, 3, 17, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    assert timestamp(moment) == "2025-03-16T23:00:00.000000Z"
    assert timestamp(datetime(2025, 3, 17, 1, 0, 0, 5, tzinfo=UTC)) == "2025-03-17T01:00:00.000005Z"


class Failing:
    """Fails so often, then answers with the number of attempts."""

    def __init__(self, times: int, error: Exception) -> None:
        self.times, self.error, self.attempts = times, error, 0

    def __call__(self) -> int:
        self.attempts += 1
        if self.attempts <= self.times:
            raise self.error
        return self.attempts


@pytest.mark.parametrize("error", [ContentionError("busy"), StaleStateError("moved on")])
def test_contention_is_tried_again_until_it_is_over(error: Exception) -> None:
    assert FakeClock().retry().run(Failing(5, error)) == 6


def test_waits_grow_to_a_cap_and_end_with_the_budget() -> None:
    clock, waits = FakeClock(), list[float]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.sleep(seconds)

    retry = Retry(
        budget=2.0,
        base=0.1,
        cap=0.5,
        sleep=sleep,
        monotonic=clock.monotonic,
        jitter=lambda wait: wait,
    )
    with pytest.raises(ContentionError):
        retry.run(Failing(100, ContentionError("busy")))
    assert waits == [0.1, 0.2, 0.4, 0.5, 0.5]


def test_a_refusal_is_not_tried_again() -> None:
    refusing = Failing(100, EmptyCartError("nothing to sell"))
    with pytest.raises(EmptyCartError):
        FakeClock().retry().run(refusing)
    assert refusing.attempts == 1


def test_full_jitter_uses_the_whole_range() -> None:
    waits = [full_jitter(1.0) for _ in range(200)]
    assert all(0 <= wait <= 1 for wait in waits)
    assert min(waits) < 0.2
    assert max(waits) > 0.8
