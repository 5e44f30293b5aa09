"""Finding a deployment by a profile, and saying clearly which one it is.

The profile leads to an emulator, by nothing but AWS's own configuration file.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest

from local import options
from local.account import Account
from local.deployment import NoCloudError
from local.people import as_person
from stacks.people.table import Person
from stacks.settings import SettingError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.emulator import Emulator

PROFILE = "shop"


@pytest.fixture
def profile(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The only AWS setting there is: one profile, with the emulator as its endpoint."""
    for name in ("AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    given = emulator.client | {"region": emulator.client["region_name"]}
    names = ("aws_access_key_id", "aws_secret_access_key", "endpoint_url", "region")
    lines = [f"{name} = {given[name]}" for name in names]
    (tmp_path / "config").write_text("\n".join([f"[profile {PROFILE}]", *lines]))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    return PROFILE


def deploy(emulator: Emulator, parts: tuple[str, ...], **outputs: str) -> str:
    """Stacks of a new deployment, all with these outputs; returns the deployment's name."""
    name = f"m{uuid4().hex[:8]}"
    values = {key: {"Value": value} for key, value in outputs.items()}
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": values}
    cloudformation = boto3.client("cloudformation", **emulator.client)
    for part in parts:
        stack = f"{name.capitalize()}{part}"
        cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 1}
        )
    return name


def test_a_deployment_is_found_by_profile_and_name_and_says_where_it_is(
    emulator: Emulator, profile: str
) -> None:
    name = deploy(emulator, ("Lake", "Shop", "Pipeline"), LakeBucket="lake")
    found = Account.find(profile, None, name)
    assert found.outputs == {"LakeBucket": "lake"}
    assert found.settings.athena_workgroup("analyst") == f"{name}-analyst"
    assert found.where == (
        f"account 000000000000 (profile shop, us-east-1, at {emulator.endpoint}), deployment {name}"
    )


def test_a_deployment_that_is_not_there_or_not_whole_is_told(
    emulator: Emulator, profile: str
) -> None:
    with pytest.raises(NoCloudError, match=r"AbsentLake in us-east-1.*NAME"):
        Account.find(profile, None, "absent")
    name = deploy(emulator, ("Lake",))
    with pytest.raises(NoCloudError, match=f"{name.capitalize()}Shop"):
        Account.find(profile, None, name)
    with pytest.raises(SettingError, match="No-Name"):
        Account.find(profile, None, "No-Name")


def test_queries_are_asked_in_the_persons_role_and_not_twice(
    emulator: Emulator, profile: str
) -> None:
    role = "arn:aws:iam::000000000000:role/mercado/people/Analyst-1"
    name = deploy(emulator, ("Lake", "Shop", "Pipeline", "People"), AnalystRole=role)
    found = Account.find(profile, None, name)
    analyst = as_person(found, Person.ANALYST)
    caller = analyst.client("sts").get_caller_identity()["Arn"]
    assert caller == "arn:aws:sts::000000000000:assumed-role/Analyst-1/mercado"
    assert as_person(analyst, Person.ANALYST) is analyst
    with pytest.raises(NoCloudError, match="no role for engineers"):
        as_person(found, Person.ENGINEER)


def test_a_region_without_a_profile_is_not_taken_for_the_laptops() -> None:
    parser = argparse.ArgumentParser()
    options.add_deployment(parser)
    with pytest.raises(NoCloudError, match="PROFILE"):
        options.deployment(parser.parse_args(["--region", "eu-west-1"]))
