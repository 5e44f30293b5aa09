"""Checks that nothing is public: MERCADO-Public, with what is open in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stacks.policy.deployment import listed
from stacks.policy.findings import Finding
from stacks.policy.permissions import RESOURCE_POLICIES, resource_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacks.policy.deployment import Deployment

BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
ANYWHERE = ("0.0.0.0/0", "::/0")
WHO = ("aws:principal", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorg", "kms:calleraccount")
"""Beginnings of the condition keys that bound whom a statement lets in."""


def buckets(deployment: Deployment) -> Iterator[Finding]:
    """A bucket blocks public access by all four settings."""
    for bucket in deployment.of_type("AWS::S3::Bucket"):
        blocked = bucket.properties.get("PublicAccessBlockConfiguration", {})
        if not all(blocked.get(block) is True for block in BLOCKS):
            yield Finding(bucket.path, "MERCADO-Public[bucket]", "The bucket may be made public.")


def policies(deployment: Deployment) -> Iterator[Finding]:
    """No resource's policy lets anybody in without a condition that says who."""
    for each in deployment.of_type(*RESOURCE_POLICIES):
        if any(_anybody(statement) for statement in resource_statements(each)):
            yield Finding(
                each.path, "MERCADO-Public[policy]", "The policy allows anybody something."
            )


def network(deployment: Deployment) -> Iterator[Finding]:
    """No way in from the internet, and no address on it."""
    for group in deployment.of_type("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"):
        rules = listed(group.properties.get("SecurityGroupIngress", group.properties))
        if any(rule.get(cidr) in ANYWHERE for rule in rules for cidr in ("CidrIp", "CidrIpv6")):
            yield Finding(
                group.path, "MERCADO-Public[network]", "The group lets the whole internet in."
            )
    for subnet in deployment.of_type("AWS::EC2::Subnet"):
        if subnet.properties.get("MapPublicIpOnLaunch"):
            yield Finding(
                subnet.path, "MERCADO-Public[network]", "The subnet gives public addresses."
            )
    for warehouse in deployment.of_type("AWS::RedshiftServerless::Workgroup"):
        if warehouse.properties.get("PubliclyAccessible") is not False:
            yield Finding(
                warehouse.path, "MERCADO-Public[network]", "The workgroup has a public endpoint."
            )


def functions(deployment: Deployment) -> Iterator[Finding]:
    """No function answers to anybody: by a URL without authorization, or by a permission."""
    for url in deployment.of_type("AWS::Lambda::Url"):
        if url.properties.get("AuthType") != "AWS_IAM":
            yield Finding(
                url.path, "MERCADO-Public[function]", "The function's URL asks nobody who it is."
            )
    for permission in deployment.of_type("AWS::Lambda::Permission"):
        properties = permission.properties
        narrow = {"SourceArn", "SourceAccount", "PrincipalOrgID"} & properties.keys()
        if not narrow:
            yield Finding(
                permission.path,
                "MERCADO-Public[function]",
                f"Any resource of {properties['Principal']}, of any account, may invoke it.",
            )


def _anybody(statement: dict[str, Any]) -> bool:
    """Whether it lets everybody in, or a service on behalf of everybody, and no condition says who.

    A service writes for whoever asks it to: its principal alone does not say for which account.
    """
    if statement["Effect"] != "Allow" or _says_who(statement.get("Condition", {})):
        return False
    principal = statement.get("Principal")
    if not isinstance(principal, dict):
        return principal == "*" or "NotPrincipal" in statement
    return "*" in listed(principal.get("AWS")) or "Service" in principal


def _says_who(condition: dict[str, dict[str, Any]]) -> bool:
    return any(key.lower().startswith(WHO) for keys in condition.values() for key in keys)
