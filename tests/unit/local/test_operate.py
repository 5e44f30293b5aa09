"""Operators' commands, before they reach a cloud."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.contracts import BY_TABLE, CONTRACTS
from local import operate
from stacks.settings import Settings


@dataclass
class FakeDeployment:
    """Functions that answer one after the other; an answer with `errorType` is a failure."""

    answers: list[dict[str, Any]]
    events: list[dict[str, Any]] = field(default_factory=list)
    where: str = "nowhere"
    settings: Settings = field(default_factory=Settings)
    outputs: dict[str, str] = field(
        default_factory=lambda: {f"{n}Function": n for n in ("Operate", "Resync", "Load")}
    )

    def client(self, _service: str, _config: Any = None) -> FakeDeployment:
        return self

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803  # boto3's
        self.events.append({"function": FunctionName, **json.loads(Payload)})
        answer = self.answers.pop(0)
        failed = {"FunctionError": "Unhandled"} if "errorType" in answer else {}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **failed}


def say(_: str) -> None:
    """To nobody."""


def test_a_sweep_goes_on_until_its_prefix_ends() -> None:
    mark = {"key": "raw/a", "version_id": "v"}
    asked = FakeDeployment([{"checked": 1, "next": mark}, {"checked": 2, "next": None}])
    assert len(operate.sweep(asked, say, prefix="raw/")["pages"]) == 2
    assert [each.get("after") for each in asked.events] == [None, mark]


def test_a_function_that_knows_no_dry_run_is_not_believed() -> None:
    asked = FakeDeployment([{"records": 1, "next": None}])
    with pytest.raises(operate.OperateError, match="knows no dry run"):
        operate.resync(asked, say, dry_run=True)


def test_a_dry_run_of_a_replay_waits_for_no_run() -> None:
    asked = FakeDeployment([{"runs": 2, "dry_run": True, "next": None}])
    assert operate.replay(asked, say, dry_run=True)["started"][0]["runs"] == 2


def test_a_load_takes_dimensions_first_and_tries_again_what_may_pass() -> None:
    passing = {"errorType": "LoadFailedError", "errorMessage": "the object has other bytes"}
    asked = FakeDeployment([passing, *({"staged": 1} for _ in CONTRACTS)])
    done = operate.load(asked, say)
    kinds = [BY_TABLE[table].kind.value for table in done["tables"]]
    assert kinds == sorted(kinds)
    assert set(done["tables"]) == set(BY_TABLE)
    assert [(each["table"], each["retry"]) for each in asked.events[:2]] == [
        ("customer", 0),
        ("customer", 1),
    ]


def test_a_load_gives_up_on_what_does_not_pass() -> None:
    lasting = {"errorType": "AccessDenied", "errorMessage": "no"}
    with pytest.raises(operate.OperateError, match="no"):
        operate.load(FakeDeployment([lasting]), say)
    passing = {"errorType": "LoadStillRunsError", "errorMessage": "works"}
    asked = FakeDeployment([passing] * operate.LOAD_TRIES)
    with pytest.raises(operate.OperateError, match="works"):
        operate.load(asked, say)
    assert asked.answers == []
