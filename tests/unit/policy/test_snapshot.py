"""The snapshot changes when permissions or exposure change, and only then."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from stacks.policy.deployment import Deployment
from stacks.policy.snapshot import differences, render, write
from tests.unit.policy.templates import (
    SOUND,
    STACK,
    allow,
    below,
    deployed,
    document,
    resource,
    spoiled,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_wider_policy_is_a_difference_that_shows_who_may_do_what(tmp_path: Path) -> None:
    write(render(deployed()), tmp_path)
    wider = document(allow("s3:DeleteObject", below("Bucket", "gold/")))
    difference = differences(render(spoiled("Policy", PolicyDocument=wider)), tmp_path)
    assert "-  Allow <Some/Bucket>/gold/*  s3:PutObject" in difference
    assert "+  Allow <Some/Bucket>/gold/*  s3:DeleteObject" in difference


def test_a_new_door_is_a_difference(tmp_path: Path) -> None:
    write(render(deployed()), tmp_path)
    opened = spoiled("Group", SecurityGroupIngress=[{"CidrIp": "0.0.0.0/0"}])
    assert "+  SecurityGroupIngress" in differences(render(opened), tmp_path)


def test_a_type_that_nobody_thought_of_is_shown_whole(tmp_path: Path) -> None:
    write(render(deployed()), tmp_path)
    strange = resource("CloudFront::Distribution", Origin={"Ref": "Bucket"})
    assert "+  Origin: <Some/Bucket>" in differences(render(deployed(Door=strange)), tmp_path)


def test_data_that_no_longer_survives_is_a_difference(tmp_path: Path) -> None:
    write(render(deployed()), tmp_path)
    lost = {**copy.deepcopy(SOUND["Table"]), "DeletionPolicy": "Delete"}
    assert "-Some/Table: DynamoDB::Table  (Retain)" in differences(
        render(deployed(Table=lost)), tmp_path
    )


def test_code_order_and_logical_ids_are_none(tmp_path: Path) -> None:
    def named(suffix: str, asset: str) -> Deployment:
        function = copy.deepcopy(SOUND["Function"])
        function["Properties"]["Code"] = {"S3Key": asset}
        role = copy.deepcopy(SOUND["Role"])
        function["Properties"]["Role"] = {"Fn::GetAtt": [f"Role{suffix}", "Arn"]}
        for each, path in ((function, "Function"), (role, "Role")):
            each["Metadata"] = {"aws:cdk:path": f"{STACK}/{path}/Resource"}
        parts = [(f"Function{suffix}", function), (f"Role{suffix}", role)]
        ordered = dict(parts if suffix == "1A2B" else reversed(parts))
        return Deployment({STACK: {"Resources": ordered}})

    write(render(named("1A2B", "before.zip")), tmp_path)
    assert differences(render(named("3C4D", "after.zip")), tmp_path) == ""


def test_a_stack_that_is_gone_is_a_difference_and_then_forgotten(tmp_path: Path) -> None:
    write({**render(deployed()), "Gone": "Gone/Role: IAM::Role\n"}, tmp_path)
    assert "-Gone/Role" in differences(render(deployed()), tmp_path)
    write(render(deployed()), tmp_path)
    assert differences(render(deployed()), tmp_path) == ""
