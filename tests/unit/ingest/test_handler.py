"""The function of pulls: an order, its tasks, their end; with kinds of pulls that are fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from lambdas.ingest import handler
from lambdas.ingest.errors import PullError
from lambdas.ingest.kinds import KINDS
from lambdas.ingest.task import Pulled
from tests.fakes import FakeContext
from tests.pulling import STARTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.ingest.task import Task, Tools

CACHES = (handler._stores, handler._secrets)


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("LAKE_BUCKET", "lake")
    monkeypatch.setenv("STATE_TABLE", "states")
    monkeypatch.setenv("PULLS", "fischmarkt")
    for each in CACHES:
        each.cache_clear()
    with mock_aws():
        yield
    for each in CACHES:
        each.cache_clear()


def ordered(pull: str) -> list[dict[str, Any]]:
    event = {"run": "r", "started": STARTED.isoformat(), "order": {"pull": pull}}
    tasks: list[dict[str, Any]] = handler.handle(event, FakeContext())["tasks"]
    return tasks


def test_a_run_goes_from_its_order_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    boto3.client("secretsmanager").create_secret(Name="mercado/fischmarkt", SecretString="s")

    def half(task: Task, tools: Tools) -> Pulled:
        assert task.pull.postgres is not None
        assert tools.secret(task.pull.postgres.secret) == "s"
        assert tools.is_over() == (task.place is None), "the first had little time left"
        return Pulled(2, 1, more=task.place is None, place={"after": "x"})

    monkeypatch.setitem(KINDS, "postgres", half)
    tasks = ordered("fischmarkt")
    for task in tasks:
        task["pulled"] = handler.handle(task, FakeContext(remaining_ms=1000))
        assert task["pulled"]["more"]
        task["pulled"] = handler.handle(task, FakeContext())
    told = handler.handle({"ended": tasks}, FakeContext())
    assert {name: each["rows"] for name, each in told.items()} == {
        "articles": 4,
        "receipts": 4,
        "customers": 4,
    }


def test_only_pulls_that_are_deployed_are_started() -> None:
    with pytest.raises(PullError, match="pull: teehaus is not deployed; the setting `pulls`"):
        ordered("teehaus")


def test_a_secret_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        KINDS, "postgres", lambda _, tools: Pulled(len(tools.secret("mercado/none")))
    )
    with pytest.raises(PullError, match="there is no secret mercado/none"):
        handler.handle(ordered("fischmarkt")[0], FakeContext())


def test_the_files_of_the_pulls_are_what_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLS", "gone")
    with pytest.raises(PullError, match=r"sources/pulls/gone\.yaml: there is no such pull"):
        ordered("gone")
