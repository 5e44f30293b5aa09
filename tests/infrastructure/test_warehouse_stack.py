"""What the warehouse's stack promises: three closed zones, little to read, data that stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stacks.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

Resources = dict[str, dict[str, Any]]
STACK = "MercadoWarehouse"


@pytest.fixture(scope="session")
def warehouse(templates: dict[str, dict[str, Any]]) -> Resources:
    found: Resources = templates[STACK]["Resources"]
    return found


def of_type(resources: Resources, kind: str) -> list[dict[str, Any]]:
    return [each for each in resources.values() if each["Type"] == kind]


def only(resources: Resources, kind: str) -> dict[str, Any]:
    (found,) = of_type(resources, kind)
    properties: dict[str, Any] = found["Properties"]
    return properties


def allowed(resources: Resources, policy: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(action, its statement) of the policies whose logical id starts so."""
    for name, each in resources.items():
        if each["Type"] == "AWS::IAM::Policy" and name.startswith(policy):
            for statement in each["Properties"]["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                for action in [actions] if isinstance(actions, str) else actions:
                    yield action, statement


def test_the_workgroup_spans_three_zones_without_a_way_in_or_out(warehouse: Resources) -> None:
    workgroup = only(warehouse, "AWS::RedshiftServerless::Workgroup")
    subnets = of_type(warehouse, "AWS::EC2::Subnet")
    zones = {json.dumps(each["Properties"]["AvailabilityZone"]) for each in subnets}
    assert len(workgroup["SubnetIds"]) == len(zones) == 3
    assert workgroup["PubliclyAccessible"] is False
    assert workgroup["EnhancedVpcRouting"] is True
    kinds = {each["Type"] for each in warehouse.values()}
    assert not kinds & {"AWS::EC2::NatGateway", "AWS::EC2::InternetGateway"}
    assert "SecurityGroupIngress" not in only(warehouse, "AWS::EC2::SecurityGroup")


def test_s3_is_reached_through_its_gateway(warehouse: Resources) -> None:
    endpoint = only(warehouse, "AWS::EC2::VPCEndpoint")
    assert endpoint["VpcEndpointType"] == "Gateway"
    assert ".s3" in json.dumps(endpoint["ServiceName"])
    assert len(endpoint["RouteTableIds"]) == 3


def test_it_starts_small_and_is_bounded(warehouse: Resources) -> None:
    workgroup = only(warehouse, "AWS::RedshiftServerless::Workgroup")
    assert (workgroup["BaseCapacity"], workgroup["MaxCapacity"]) == (8, 32)


def test_the_names_are_those_that_the_load_function_was_told(
    warehouse: Resources, resources: Resources
) -> None:
    environments = [
        each["Properties"]["Environment"]["Variables"]
        for each in of_type(resources, "AWS::Lambda::Function")
        if "WAREHOUSE_WORKGROUP" in json.dumps(each["Properties"].get("Environment", {}))
    ]
    assert environments
    workgroup = only(warehouse, "AWS::RedshiftServerless::Workgroup")
    namespace = only(warehouse, "AWS::RedshiftServerless::Namespace")
    for variables in environments:
        assert variables["WAREHOUSE_WORKGROUP"] == workgroup["WorkgroupName"]
        assert variables["WAREHOUSE_DATABASE"] == namespace["DbName"]


def test_the_administrators_password_is_known_to_nobody(warehouse: Resources) -> None:
    namespace = only(warehouse, "AWS::RedshiftServerless::Namespace")
    assert namespace["ManageAdminPassword"] is True
    assert "AdminUserPassword" not in namespace
    assert "KmsKeyId" in namespace


def test_copy_reads_deltas_state_and_manifests_and_nothing_else(warehouse: Resources) -> None:
    by_action = dict(allowed(warehouse, "CopyRole"))
    assert set(by_action) == {
        "s3:GetObject",
        "s3:ListBucket",
        "s3:GetBucketLocation",
        "kms:Decrypt",
    }
    resources = [json.dumps(each) for each in by_action["s3:GetObject"]["Resource"]]
    assert len(resources) == 3
    assert any("/work/delta/*" in each for each in resources)
    assert any("/work/state/*" in each for each in resources)
    assert any("/runs/*/load/*" in each for each in resources)
    assert by_action["s3:ListBucket"]["Condition"]["StringLike"]["s3:prefix"] == [
        "work/delta/*",
        "work/state/*",
        "runs/*/load/*",
    ]


def test_the_load_may_run_statements_here_and_see_only_its_own(warehouse: Resources) -> None:
    by_action = dict(allowed(warehouse, "Load"))
    bound = {name for name, each in by_action.items() if each["Resource"] != "*"}
    assert bound == {
        "redshift-data:BatchExecuteStatement",
        "redshift-data:ExecuteStatement",
        "redshift-serverless:GetCredentials",
    }
    for action in set(by_action) - bound - {"redshift-data:ListStatements"}:
        assert "statement-owner-iam-userid" in json.dumps(by_action[action]["Condition"]), action


def test_the_data_outlives_the_stack(warehouse: Resources) -> None:
    kept = ["AWS::RedshiftServerless::Namespace", "AWS::KMS::Key"]
    for kind in kept:
        assert [each["DeletionPolicy"] for each in of_type(warehouse, kind)] == ["Retain"], kind


def test_the_warehouse_is_deployed_only_when_asked_for() -> None:
    assert Settings().warehouse is False
