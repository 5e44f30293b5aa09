"""A batch whose cleaning ends the function goes apart, and what ends it alone is quarantined."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.clean import batch, canary, handler
from lambdas.clean.batch import MAX_ENDS, clean_alone, clean_batch
from lambdas.clean.canary import BrokenEngineError, prove_engine
from lambdas.clean.captured import step as step_module
from lambdas.clean.captured.transform import Cleaned
from lambdas.lake.documents import (
    Begun,
    CleanBatch,
    CleanedBatch,
    CleanedObject,
    CleanedSoFar,
    RawObject,
    RecordCounts,
)
from lambdas.lake.errors import RetryableError
from lambdas.lake.layout import RunKeys, quarantine_key
from tests.capturing import lines
from tests.fakes import FakeContext, FakeLake
from tests.stream import customer, raw_object

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = "run-1"
KEYS = RunKeys(RUN)
DEADLY = "raw/customer/dt=2026-03-17/deadly.gz"
Answer = TypeVar("Answer")
ATTEMPTS = 7
"""Of one task: the first, and as many retries as the state machine has."""


class EndOfFunction(BaseException):  # no error: nothing in the function sees it
    """The function is no more: nothing that it would do next is done."""


class RefusedError(RetryableError):
    """S3 says no."""


def batch_of(lake: FakeLake, *names: str) -> CleanBatch:
    objects = []
    for number, name in enumerate(names):
        key = name if "/" in name else f"raw/customer/dt=2026-03-17/{name}.gz"
        body = raw_object(customer(number + 1))
        lake.put(key, body)
        objects.append(RawObject(key, lake.version_id(key), len(body)))
    return CleanBatch(3, objects)


def strike(monkeypatch: pytest.MonkeyPatch, blow: Callable[[RawObject], None]) -> list[str]:
    """`blow` comes with each object that is cleaned; returns the list of these, as it grows."""
    begun: list[str] = []

    def struck(lake: FakeLake, source: RawObject, *_: object, **__: object) -> CleanedSoFar:
        begun.append(source.key)
        blow(source)
        return CleanedSoFar(step_module.clean_object(lake, source))

    monkeypatch.setattr(batch, "clean_any", struck)
    return begun


def deadly(source: RawObject) -> None:
    if source.key.startswith(DEADLY.removesuffix(".gz")):
        raise EndOfFunction


def task(work: Callable[[], Answer]) -> Answer:
    """As the state machine does: again after whatever ended the function, but not for ever."""
    for attempt in range(ATTEMPTS):
        try:
            return work()
        except (EndOfFunction, RefusedError):
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError


def promote(lake: FakeLake, wanted: CleanBatch, run: str = RUN) -> list[CleanedObject]:
    """The states CleanBatch, Apart? and CleanApart."""
    while not (done := task(lambda: clean_batch(lake, run, wanted))):
        for index in range(len(wanted.objects)):
            task(partial(clean_alone, lake, run, wanted, index))
    document = lake.get(RunKeys(run).cleaned(wanted.number)).body
    assert CleanedBatch.from_json(document) == done
    return done.objects


@pytest.fixture
def lake() -> FakeLake:
    return FakeLake()


def test_a_batch_that_did_not_end_is_not_tried_together_again(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batch_of(lake, "a", DEADLY, "z")
    begun = strike(monkeypatch, deadly)
    with pytest.raises(EndOfFunction):
        clean_batch(lake, RUN, wanted)
    count = len(begun)
    assert clean_batch(lake, RUN, wanted) is None
    assert len(begun) == count


def test_an_object_that_ends_the_function_alone_is_quarantined_and_its_neighbours_are_not(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batch_of(lake, "a", DEADLY, "z")
    begun = strike(monkeypatch, deadly)
    first, culprit, last = promote(lake, wanted)
    assert begun.count(DEADLY) == 1 + MAX_ENDS
    assert first.counts == last.counts == RecordCounts(1, accepted=1)
    assert culprit.counts == RecordCounts(1, quarantined=1)
    assert culprit.reasons == {"deadly_object": 1}
    assert culprit.cleaned == []
    assert culprit.quarantine == [quarantine_key(DEADLY, "v1")]
    (entry,) = lines(lake.get(culprit.quarantine[0]).body)
    assert (entry["source"], entry["version_id"], entry["row"]) == (DEADLY, "v1", 0)
    assert entry["code"] == "deadly_object"
    assert "3 times" in entry["message"]
    assert entry["original"] == {"text": "", "cut": True}


def test_every_deadly_object_of_a_batch_is_found_however_many_there_are(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [DEADLY.replace("deadly", f"deadly-{number}") for number in range(9)]
    wanted = batch_of(lake, *names, "good")
    strike(monkeypatch, deadly)
    *culprits, good = promote(lake, wanted)
    assert all(each.reasons == {"deadly_object": 1} for each in culprits)
    assert good.counts.accepted == 1


def test_what_was_quarantined_as_deadly_is_not_read_for_it(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batch_of(lake, DEADLY)
    strike(monkeypatch, deadly)
    read: list[str] = []
    lake.before = lambda operation, key: read.append(key) if operation == "get" else None
    promote(lake, wanted)
    assert DEADLY not in read


def test_a_machine_that_fails_once_costs_nobody_a_record(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batch_of(lake, "a", "b", "c")
    blows = iter([EndOfFunction(), None, EndOfFunction(), EndOfFunction()])

    def blow(_: RawObject) -> None:
        if error := next(blows, None):
            raise error

    strike(monkeypatch, blow)
    found = promote(lake, wanted)
    assert [each.counts for each in found] == [RecordCounts(1, accepted=1)] * 3


def test_errors_of_the_store_are_no_ends_of_the_function_and_blame_nobody(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batch_of(lake, "a", "b")
    blows = iter([EndOfFunction(), *[RefusedError()] * (ATTEMPTS - 1)])

    def blow(_: RawObject) -> None:
        if error := next(blows, None):
            raise error

    begun = strike(monkeypatch, blow)
    found = promote(lake, wanted)
    assert len(begun) == 1 + ATTEMPTS + 1
    assert [each.counts.accepted for each in found] == [1, 1]


def test_a_batch_that_failed_with_an_error_is_tried_together_again(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batch_of(lake, "a", "b")
    blows = iter([RefusedError(), RefusedError()])

    def blow(_: RawObject) -> None:
        if error := next(blows, None):
            raise error

    strike(monkeypatch, blow)
    assert task(lambda: clean_batch(lake, RUN, wanted))


def test_the_handler_says_that_a_batch_goes_apart_and_then_takes_each_object_alone(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batch_of(lake, "a", "b")
    monkeypatch.setattr(handler, "_lake", lambda: lake)
    lake.put(KEYS.cleaning(wanted.number), Begun(1).to_json())
    event = {"run": RUN, "batch": json.loads(wanted.to_json())}
    assert handler.handle(event, FakeContext()) == {"apart": True}
    for index in range(2):
        assert handler.handle({**event, "alone": index}, FakeContext()) == {"more": False}
    assert handler.handle(event, FakeContext()) == {"apart": False}
    assert lake.head(KEYS.cleaned(wanted.number))


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        duckdb.OutOfMemoryException("full"),
        RecursionError(),
        OSError("disk full"),
    ],
)
def test_what_is_not_the_stores_fault_counts_as_an_end_even_if_it_is_survived(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    wanted = batch_of(lake, DEADLY, "b")

    def blow(source: RawObject) -> None:
        if source.key == DEADLY:
            raise error

    strike(monkeypatch, blow)
    for _ in range(1 + MAX_ENDS):
        with pytest.raises(type(error)):
            clean_alone(lake, RUN, wanted, 0) if _ else clean_batch(lake, RUN, wanted)
    culprit, neighbour = (clean_alone(lake, RUN, wanted, index) for index in (0, 1))
    assert culprit
    assert culprit.reasons == {"deadly_object": 1}
    assert neighbour
    assert neighbour.counts.accepted == 1


def test_an_engine_that_is_broken_itself_fails_the_run_and_blames_no_object(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise EndOfFunction

    wanted = batch_of(lake, "good")
    strike(monkeypatch, crash)
    monkeypatch.setattr(canary, "clean", crash)
    with pytest.raises(EndOfFunction):
        promote(lake, wanted)
    assert lake.head(quarantine_key(wanted.objects[0].key, "v1")) is None


def test_the_canary_is_a_record_that_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    prove_engine()
    monkeypatch.setitem(canary.RECORD, "dynamodb", {"NewImage": {}})
    with pytest.raises(BrokenEngineError, match="quarantined=1"):
        prove_engine()


def test_the_next_attempt_of_a_run_finds_the_same(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batch_of(lake, "a", DEADLY)
    strike(monkeypatch, deadly)
    first = promote(lake, wanted)
    quarantined = lake.get(quarantine_key(DEADLY, "v1")).body
    assert promote(lake, wanted, run="run-1-2") == first
    assert lake.get(quarantine_key(DEADLY, "v1")).body == quarantined


def test_a_batch_that_is_invoked_again_after_its_end_does_no_work_twice(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = batch_of(lake, "a", DEADLY)
    begun = strike(monkeypatch, deadly)
    done = promote(lake, wanted)
    count = len(begun)
    assert promote(lake, wanted) == done
    assert clean_alone(lake, RUN, wanted, 0) == done[0]
    assert len(begun) == count


OK, END, ERROR = "ok", "end", "error"


def redriven(lake: FakeLake, wanted: CleanBatch) -> list[CleanedObject]:
    """What the first attempt finds whose tasks do not run out of retries."""
    for attempt in range(ATTEMPTS):
        with suppress(EndOfFunction, RefusedError):
            return promote(lake, wanted, run=f"run-{attempt}")
    raise AssertionError


@given(st.data())
def test_whatever_ends_or_fails_good_objects_are_accepted_and_only_deadly_ones_quarantined(
    data: st.DataObject,
) -> None:
    names = data.draw(st.lists(st.sampled_from(["good", "deadly"]), min_size=1, max_size=5))
    lake, monkeypatch = FakeLake(), pytest.MonkeyPatch()
    keys = [f"raw/customer/dt=2026-03-17/{name}-{n}.gz" for n, name in enumerate(names)]
    wanted = batch_of(lake, *keys)
    fates = {
        key: data.draw(st.lists(st.sampled_from([OK, END, ERROR]), max_size=2), label=key)
        for key in keys
    }

    def blow(source: RawObject) -> None:
        fate = fates[source.key].pop() if fates[source.key] else OK
        if fate == ERROR:
            raise RefusedError
        if fate == END or "deadly" in source.key:
            raise EndOfFunction

    def outcome(source: CleanedObject) -> tuple[int, int]:
        return source.counts.accepted, source.counts.quarantined

    with monkeypatch.context() as patch:
        patch.setattr(step_module, "_cleaned", _accepting)
        patch.setattr(batch, "prove_engine", lambda: None)
        strike(patch, blow)
        found = redriven(lake, wanted)
    assert [each.source for each in found] == wanted.objects
    assert [outcome(each) for each in found] == [
        (0, 1) if "deadly" in key else (1, 0) for key in keys
    ]


def _accepting(*_: object) -> tuple[bytes, Cleaned]:
    """In place of the engine, which other tests hold to account."""
    return b"", Cleaned(RecordCounts(1, accepted=1))
