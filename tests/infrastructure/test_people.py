"""People's roles as templates: who may become one, and what the bucket refuses to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam

from stacks.people.trust import trusted
from stacks.policy.permissions import resource_statements, who_may
from stacks.settings import Settings

if TYPE_CHECKING:
    from stacks.policy.deployment import Deployment

LAKE = "<MercadoLake/Bucket>"
FUNCTIONS = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/mercado/functions/"
ROLES = "MercadoPipeline/Functions/"
CHANGES = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion")
SSO = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Data_*"
ADA = "arn:aws:iam::111122223333:user/ada"
BOB = "arn:aws:iam::444455556666:user/bob"
PROVIDER = "arn:aws:iam::111122223333:saml-provider/Okta"


def refusals(deployment: Deployment) -> dict[str, tuple[dict[str, Any], set[str]]]:
    """By what is refused: the statement, and the functions that it lets through."""
    [policy] = [
        each
        for each in deployment.of_type("AWS::S3::BucketPolicy")
        if each.path == "MercadoLake/Bucket/Policy"
    ]
    found: dict[str, tuple[dict[str, Any], set[str]]] = {}
    for each in resource_statements(policy):
        but = each.get("Condition", {}).get("ArnNotLike", {}).get("aws:PrincipalArn", [])
        arns = but if isinstance(but, list) else [but]
        resources = each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]
        if each["Effect"] == "Deny" and arns:
            found |= {resource: (each, set(arns)) for resource in resources}
    return found


@pytest.mark.parametrize("prefix", ["gold/", "work/state/", "work/delta/", "work/replay/"])
def test_the_bucket_lets_write_who_has_to_and_nobody_else(
    deployment: Deployment, prefix: str
) -> None:
    statement, excepted = refusals(deployment)[f"{LAKE}/{prefix}*"]
    assert statement["Principal"] == {"AWS": "*"}
    assert statement["NotAction"] == ["s3:Get*", "s3:List*"]
    writers = {
        who for change in CHANGES for who in who_may(deployment, change, f"{LAKE}/{prefix}x")
    }
    names = {path.removeprefix(ROLES).removesuffix("Role") for path in writers}
    assert excepted == {f"{FUNCTIONS}{name}/*" for name in names}


def test_the_bucket_lets_erase_alone_delete_what_arrived(deployment: Deployment) -> None:
    statement, excepted = refusals(deployment)[f"{LAKE}/raw/*"]
    assert statement["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    assert excepted == {f"{FUNCTIONS}Erase/*"}


def test_each_functions_role_is_where_the_bucket_looks_for_it(deployment: Deployment) -> None:
    roles = [each for each in deployment.of_type("AWS::IAM::Role") if "/Functions/" in each.path]
    assert roles
    for role in roles:
        name = role.path.rpartition("/")[2].removesuffix("Role")
        assert role.properties["Path"] == f"/mercado/functions/{name}/"


def test_with_both_keys_for_data_the_bucket_can_be_emptied(emptied: Deployment) -> None:
    for _, excepted in refusals(emptied).values():
        assert [arn for arn in excepted if "S3AutoDelete" in arn and arn.endswith("Role>")]


def test_no_person_is_excepted_from_what_the_bucket_refuses(deployment: Deployment) -> None:
    excepted = {arn for _, arns in refusals(deployment).values() for arn in arns}
    assert all(arn.startswith(FUNCTIONS) for arn in excepted)


def trust(*arns: str) -> list[dict[str, Any]]:
    stack = Stack(App(analytics_reporting=False), "Stack")
    iam.Role(stack, "Role", assumed_by=trusted(arns))
    resources = stack.node.root.synth().stacks[0].template["Resources"]  # type: ignore[attr-defined]  # an App
    [role] = [each for each in resources.values() if each["Type"] == "AWS::IAM::Role"]
    statements: list[dict[str, Any]] = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    return statements


def test_sessions_of_roles_come_as_they_are_and_users_with_a_second_factor() -> None:
    one, other = [each["Condition"] for each in trust(SSO, ADA)]
    like = {"aws:PrincipalArn": [SSO, ADA]}
    assert one == {"ArnLike": like, "StringEquals": {"aws:PrincipalType": "AssumedRole"}}
    assert other == {
        "ArnLike": like,
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "StringEquals": {"aws:PrincipalType": "User"},
    }


def test_accounts_are_trusted_for_those_who_are_named_only() -> None:
    statements = trust(SSO, BOB)
    accounts = {str(each["Principal"]) for each in statements}
    assert {account for account in ("111122223333", "444455556666") if account in str(accounts)}
    assert len(accounts) == 2
    assert all(each["Condition"]["ArnLike"]["aws:PrincipalArn"] for each in statements)


def test_an_identity_provider_alone_lets_nobody_of_the_account_in() -> None:
    [statement] = trust(PROVIDER)
    assert statement == {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithSAML",
        "Principal": {"Federated": PROVIDER},
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    }


def test_without_names_the_accounts_own_policies_decide_and_users_need_the_factor_still() -> None:
    assert [each["Condition"] for each in trust()] == [
        {"StringEquals": {"aws:PrincipalType": "AssumedRole"}},
        {
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "StringEquals": {"aws:PrincipalType": "User"},
        },
    ]


def test_principals_are_split_by_commas() -> None:
    settings = Settings(analysts=f"{SSO}, {ADA},{PROVIDER}")
    assert settings.principals("analyst") == [SSO, ADA, PROVIDER]
    assert settings.principals("engineer") == []


def test_a_role_ends_after_the_hours_that_were_set(deployment: Deployment) -> None:
    roles = [each for each in deployment.of_type("AWS::IAM::Role") if "People" in each.path]
    assert [each.properties["MaxSessionDuration"] for each in roles] == [4 * 3600] * 3
