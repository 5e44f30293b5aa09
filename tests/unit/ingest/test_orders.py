"""What an execution of the state machine is asked, and what its tasks and its end are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.orders import answer, conclude, task_of, tasks
from lambdas.ingest.task import Pulled
from lambdas.ingest.windows import Window
from tests.pulling import PULL, STARTED, a_pull

TWO = a_pull(PULL + "    lines: {into: shop-lines, key: id, mode: full}\n")


def ordered(**order: Any) -> list[dict[str, Any]]:
    event = {"run": "r", "started": STARTED.isoformat(), "order": {"pull": "shop", **order}}
    return tasks(event, lambda _: TWO)


def test_an_order_is_a_task_for_each_resource() -> None:
    found = ordered()
    assert [each["resource"] for each in found] == ["orders", "lines"]
    assert [each["resource"] for each in ordered(resources=["lines"])] == ["lines"]
    task = task_of(found[0], lambda _: TWO)
    assert (task.pull, task.run, task.started, task.window, task.place) == (
        TWO,
        "r",
        STARTED,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ({"date": "2026-03-01"}, date(2026, 3, 1), date(2026, 3, 1)),
        ({"from": "2026-02-28", "to": "2026-03-01"}, date(2026, 2, 28), date(2026, 3, 1)),
        ({"days_ago": 1}, date(2026, 3, 16), date(2026, 3, 16)),
        ({"days_ago": 0}, date(2026, 3, 17), date(2026, 3, 17)),
    ],
)
def test_a_window_is_settled_when_the_order_is_taken(said: Any, first: date, last: date) -> None:
    found = ordered(window=said)[0]
    assert task_of(found, lambda _: TWO).window == Window(first, last)


def test_a_person_may_say_that_what_is_missing_is_gone() -> None:
    found = [task_of(ordered(**said)[0], lambda _: TWO) for said in ({}, {"accept_losses": True})]
    assert [task.accept_losses for task in found] == [False, True]


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"accept_losses": "no"}, "accept_losses: it is true or false, not 'no'"),
        (
            {"windows": {}},
            r"a pull is started with \['accept_losses', 'pull', 'resources', 'window'\]",
        ),
        ({"pull": None}, "pull: the name of the pull is missing"),
        ({"resources": ["lines", "cars"]}, r"resources: .* are not some of \['lines', 'orders'\]"),
        ({"resources": []}, "resources: .* are not some of"),
        ({"resources": ["lines", "lines"]}, "resources: .* are not some of"),
        ({"resources": "lines"}, "resources: .* are not some of"),
        ({"window": "2026-03-17"}, "window: it is .*, not '2026-03-17'"),
        ({"window": {}}, "window: it is"),
        ({"window": {"date": "17.03.2026"}}, "window.date: .* is no day as 2026-03-17"),
        ({"window": {"date": "20260317"}}, "window.date: .* is no day"),
        ({"window": {"from": "2026-03-17"}}, "window: it is"),
        ({"window": {"from": "2026-03-17", "to": "2026-03-16"}}, "`to` .* lies before `from`"),
        ({"window": {"days_ago": -1}}, "window.days_ago: -1 is no whole number"),
        ({"window": {"days_ago": True}}, "window.days_ago: True is no whole number"),
        ({"window": {"days_ago": 1, "date": "2026-03-17"}}, "window: it is"),
    ],
)
def test_what_no_order_can_mean_is_named(order: dict[str, Any], error: str) -> None:
    with pytest.raises(PullError, match=error):
        ordered(**order)


def test_invocations_add_up_and_hand_on_their_place() -> None:
    event = ordered()[0]
    event["pulled"] = answer(event, Pulled(3, 1, more=True, place={"after": ["x"]}))
    assert task_of(event, lambda _: TWO).place == {"after": ["x"]}
    assert answer(event, Pulled(4, 2)) == {"rows": 7, "objects": 3, "more": False, "place": None}


def test_a_run_fails_for_a_resource_that_failed_and_names_it() -> None:
    good, bad = ordered()
    assert conclude([good, bad]) == {"orders": good["pulled"], "lines": bad["pulled"]}
    failure = {"Error": "PullError", "Cause": "no table"}
    with pytest.raises(PullError, match="1 of 2 failed: lines: PullError no table"):
        conclude([good, {**bad, "failure": failure}])


def test_a_resource_that_went_while_its_run_was_under_way_is_told() -> None:
    event = {**ordered()[0], "resource": "gone"}
    with pytest.raises(PullError, match="shop has no gone any more"):
        task_of(event, lambda _: TWO)
