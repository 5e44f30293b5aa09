"""What the stack of pulls promises: each at its times, with its own secret, into its own place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.pulls import PullFileError, load, load_named
from stacks.machines import definition_file
from stacks.settings import SettingError, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacks.policy.deployment import Deployment

Template = dict[str, Any]


def test_each_pull_with_a_schedule_is_started_then_by_name(deployment: Deployment) -> None:
    schedules = deployment.of_type("AWS::Scheduler::Schedule")
    started = {
        json.loads(each.properties["Target"]["Input"])["pull"]: each.properties
        for each in schedules
    }
    assert "fischmarkt" in started
    for name, found in started.items():
        (pull,) = load_named([name])
        assert found["ScheduleExpression"] == pull.schedule
        assert found["Target"]["Arn"] == "<MercadoIngest/PullMachine>"
        assert "UnstartedPulls" in found["Target"]["DeadLetterConfig"]["Arn"]


def test_every_task_is_retried_but_for_what_no_attempt_can_mend() -> None:
    machine = json.loads(definition_file("pull").read_text().replace("${PullConcurrency}", "1"))
    states = {**machine["States"], **machine["States"]["Resources"]["ItemProcessor"]["States"]}
    tasks = {name: each for name, each in states.items() if each["Type"] == "Task"}
    assert set(tasks) == {"Order", "Pull", "Conclude"}
    for name, task in tasks.items():
        hopeless, all_else = task["Retry"]
        assert hopeless == {"ErrorEquals": ["PullError"], "MaxAttempts": 0}, name
        assert (all_else["ErrorEquals"], all_else["JitterStrategy"]) == (["States.ALL"], "FULL")
        assert all_else["BackoffRate"] > 1, name
    assert tasks["Pull"]["Catch"][0]["Next"] == "Ended", "a resource that fails stops no other one"


def test_a_pull_joins_the_network_that_the_settings_name(
    synthesize: Callable[..., dict[str, Template]],
) -> None:
    network = {
        "pull_subnets": "subnet-0123456a, subnet-0123456b",
        "pull_security_groups": "sg-0123456a",
    }
    template = synthesize(pulls="fischmarkt", **network)["MercadoIngest"]
    (function,) = (
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::Lambda::Function"
    )
    assert function["VpcConfig"] == {
        "SubnetIds": ["subnet-0123456a", "subnet-0123456b"],
        "SecurityGroupIds": ["sg-0123456a"],
    }
    assert "ec2:CreateNetworkInterface" in json.dumps(template)


def test_pulls_that_need_no_secret_may_read_none(
    synthesize: Callable[..., dict[str, Template]], monkeypatch: pytest.MonkeyPatch
) -> None:
    public = load(
        "rest:\n  url: https://api.example.com\n"
        "  resources:\n    products: {into: teehaus-products, path: /products, key: sku}\n",
        "teehaus",
    )
    monkeypatch.setattr("stacks.ingest.load_named", lambda _names: [public])
    assert "secretsmanager:" not in json.dumps(synthesize(pulls="teehaus")["MercadoIngest"])


def test_a_pull_has_room_for_a_snapshot_on_its_disk(deployment: Deployment) -> None:
    (function,) = (
        each.properties
        for each in deployment.of_type("AWS::Lambda::Function")
        if each.path == "MercadoIngest/Functions/Pull"
    )
    assert function["EphemeralStorage"] == {"Size": 4096}


def test_what_no_deployment_of_pulls_can_mean_is_named(
    synthesize: Callable[..., dict[str, Template]],
) -> None:
    with pytest.raises(SettingError, match="pull_subnets"):
        Settings(pull_subnets="subnet-1")
    with pytest.raises(PullFileError, match=r"sources/pulls/nobodys\.yaml: there is no such pull"):
        synthesize(pulls="nobodys")
