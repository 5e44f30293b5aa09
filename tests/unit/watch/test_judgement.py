"""How far gold is behind, and what share is set aside: figures that must not lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from lambdas.watch.judgement import gold_lag, quarantined_percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lambdas.watch.judgement import Series

PERIOD = 300.0


def by_period(
    moments: Sequence[float], pick: Callable[[Sequence[float]], float]
) -> dict[float, float]:
    found: dict[float, list[float]] = {}
    for moment in moments:
        found.setdefault(moment // PERIOD * PERIOD, []).append(moment)
    return {start: pick(group) for start, group in found.items()}


def lag(checkouts: list[float], has: Series, now: float) -> float:
    return gold_lag(by_period(checkouts, min), by_period(checkouts, max), has, now)


def test_nothing_sold_is_nothing_missing() -> None:
    assert lag([], {}, now=10_000) == 0


def test_gold_that_has_the_newest_checkout_is_not_behind_however_long_ago_it_was() -> None:
    assert lag([100, 700], {900.0: 700.0}, now=90_000) == 0


def test_the_first_sale_after_a_quiet_night_has_waited_only_since_it_was_sold() -> None:
    assert lag([100, 80_000], {300.0: 100.0}, now=80_020) == 20


def test_gold_falls_behind_from_the_oldest_checkout_that_it_lacks_however_brisk_the_trade() -> None:
    brisk = [float(moment) for moment in range(1_000, 9_000, 7)]
    assert lag(brisk, {}, now=9_000) == 8_000


def test_it_falls_behind_even_if_trade_stops_and_no_run_ever_ends() -> None:
    assert lag([1_000], {}, now=500_000) == 499_000


def test_a_run_that_says_nothing_of_sales_makes_nothing_fresh() -> None:
    assert lag([1_000, 2_000], {1_200.0: 1_000.0}, now=3_000) == 1_000


def test_within_one_period_the_lag_errs_by_less_than_a_period_and_never_towards_fresh() -> None:
    found = lag([1_210, 1_490], {1_500.0: 1_210.0}, now=1_500)
    assert 10 <= found < 10 + PERIOD


@given(
    checkouts=st.lists(st.integers(0, 20_000).map(float), min_size=1, max_size=40, unique=True),
    has=st.integers(0, 40),
    later=st.integers(0, 10_000).map(float),
)
def test_the_lag_is_that_of_the_oldest_missing_checkout(
    checkouts: list[float], has: int, later: float
) -> None:
    ordered = sorted(checkouts)
    published, missing = ordered[:has], ordered[has:]
    now = ordered[-1] + later
    found = lag(checkouts, {now: published[-1]} if published else {}, now)
    if missing:
        true = now - missing[0]
        assert true <= found <= true + PERIOD
    else:
        assert found == 0


def test_the_quarantined_share_is_of_records_not_of_runs() -> None:
    """A large bad file is not thinned out by many small good runs."""
    records = {0.0: 1_000.0} | {300.0 * number: 5.0 for number in range(1, 12)}
    assert round(quarantined_percent(records, {0.0: 300.0}, enough=5)) == 28


def test_one_bad_record_in_a_quiet_hour_is_not_a_hundred_per_cent() -> None:
    assert quarantined_percent({0.0: 1.0}, {0.0: 1.0}, enough=5) == 0
    assert quarantined_percent({0.0: 5.0}, {0.0: 5.0}, enough=5) == 100


def test_no_records_are_no_share() -> None:
    assert quarantined_percent({}, {}, enough=5) == 0
