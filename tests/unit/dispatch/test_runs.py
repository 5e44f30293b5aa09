"""Names of runs and what they say."""

from __future__ import annotations

import pytest

from lambdas.dispatch.runs import (
    Candidates,
    Run,
    attempt_name,
    base_of,
    distinct,
    is_captured,
    is_live,
    run_digest,
)
from lambdas.lake.documents import RawObject
from tests.dispatching import raw

DIGEST = run_digest([raw(1)])


def test_the_digest_is_that_of_the_set_of_versions() -> None:
    assert run_digest([raw(1), raw(2)]) == run_digest([raw(2), raw(1)])
    assert run_digest([raw(1)]) == run_digest([RawObject(raw(1).key, "v1", size=7)])
    assert run_digest([raw(1)]) != run_digest([raw(1, "v2")])
    assert run_digest([RawObject("a", "bc")]) != run_digest([RawObject("ab", "c")])


def test_an_object_announced_twice_counts_once_with_the_size_that_is_known() -> None:
    twice = [RawObject("raw/a", "v1", 0), RawObject("raw/a", "v1", 9), RawObject("raw/a", "v2", 1)]
    assert distinct(twice) == [RawObject("raw/a", "v1", 9), RawObject("raw/a", "v2", 1)]


def test_the_digest_says_whether_all_was_captured() -> None:
    file = RawObject("raw/shop/dt=2026/03/till.csv", "v1")
    assert is_captured(run_digest([raw(1), raw(2)]))
    assert not is_captured(run_digest([raw(1), file]))
    assert not is_captured(Run.again("a1", [raw(1)]).base), "it was in gold before"


@pytest.mark.parametrize("base", [DIGEST, f"replay-2026-03-{DIGEST}", f"replay-{DIGEST}-{DIGEST}"])
@pytest.mark.parametrize("attempt", [1, 2, 10, 123_456])
def test_an_attempts_name_tells_its_run(base: str, attempt: int) -> None:
    assert base_of(attempt_name(base, attempt)) == base


@pytest.mark.parametrize("name", ["by-hand", DIGEST[:-1], f"{DIGEST}-0", f"{DIGEST}-x", ""])
def test_an_execution_that_we_did_not_name_is_of_no_run(name: str) -> None:
    assert base_of(name) is None


def test_a_replay_has_its_own_names_and_its_own_target() -> None:
    run = Run.replay("r1", [raw(1)])
    assert run.base == f"replay-r1-{DIGEST}"
    assert run.manifest(2).target == "work/replay/r1/"
    assert (is_live(run.base), is_live(DIGEST)) == (False, True)


def test_the_longest_name_is_one_that_step_functions_takes() -> None:
    assert len(attempt_name(Run.replay("r" * 32, [raw(1)]).base, 999_999)) <= 80


def test_candidates_are_read_as_they_were_written() -> None:
    candidates = Candidates(DIGEST, [raw(1), raw(2)])
    assert Candidates.from_json(candidates.to_json()) == candidates
