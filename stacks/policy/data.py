"""Checks of what holds data: how long it is kept, and what may end it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stacks.policy.findings import Finding
from stacks.policy.permissions import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacks.policy.deployment import Deployment, Resource

HOLD_DATA = (
    "AWS::S3::Bucket",
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::RedshiftServerless::Namespace",
    "AWS::Cognito::UserPool",
)
ENDS = ("ExpirationInDays", "NoncurrentVersionExpiration", "ExpirationDate")


def lifecycle(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-Lifecycle: what is kept must be decided, for each prefix that something writes.

    A prefix is one that a policy lets somebody write, or where Athena puts its results. What is
    found of one is not found again of those within it.
    """
    written = _written(deployment)
    for bucket in deployment.of_type("AWS::S3::Bucket"):
        rules = _rules(bucket)
        if not any("AbortIncompleteMultipartUpload" in rule for rule in _whole(rules)):
            yield Finding(
                bucket.path,
                "MERCADO-Lifecycle[uploads]",
                "Parts of uploads that were never finished are kept for ever, unseen.",
            )
        endless: list[str] = []
        for prefix in sorted(written.get(bucket.path, {""})):
            if prefix.startswith(tuple(endless)):
                continue
            if not any(_covers(rule, prefix, _versioned(bucket)) for rule in rules):
                endless.append(prefix)
                yield Finding(
                    bucket.path,
                    f"MERCADO-Lifecycle[{prefix or '/'}]",
                    "No lifecycle rule ends what is (or, with versions, was) under the prefix.",
                )


def tables(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-Table: a table can be restored to any second, and nobody drops it by a slip."""
    for table in deployment.of_type("AWS::DynamoDB::Table"):
        properties = table.properties
        recovery = properties.get("PointInTimeRecoverySpecification", {})
        wanted = {
            "recovery": recovery.get("PointInTimeRecoveryEnabled") is True,
            "encryption": properties.get("SSESpecification", {}).get("SSEEnabled") is True,
            "protection": properties.get("DeletionProtectionEnabled") is True,
        }
        for name, there in wanted.items():
            if not there:
                yield Finding(table.path, f"MERCADO-Table[{name}]", f"The table has no {name}.")


def survival(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-Survival: without the two keys, `cdk destroy` leaves data, and what decrypts it."""
    for each in [*deployment.of_type(*HOLD_DATA), *data_keys(deployment)]:
        if not each.deletion_policy.startswith("Retain"):
            yield Finding(each.path, "MERCADO-Survival", "Data is lost when its stack goes.")


def data_keys(deployment: Deployment) -> list[Resource]:
    """The keys that something with data is encrypted under."""
    named = json.dumps([each.properties for each in deployment.of_type(*HOLD_DATA)])
    return [each for each in deployment.of_type("AWS::KMS::Key") if f"<{each.path}>" in named]


def _versioned(bucket: Resource) -> bool:
    status: str = bucket.properties.get("VersioningConfiguration", {}).get("Status", "")
    return status == "Enabled"


def _rules(bucket: Resource) -> list[dict[str, Any]]:
    rules = bucket.properties.get("LifecycleConfiguration", {}).get("Rules", [])
    return [rule for rule in rules if rule.get("Status") == "Enabled"]


def _whole(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rules without a filter: the bucket's."""
    narrow = {"Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}
    return [rule for rule in rules if not narrow & rule.keys()]


def _covers(rule: dict[str, Any], prefix: str, versioned: bool) -> bool:
    """Whether the rule ends something of all objects under the prefix.

    With versions it has to end those that are no longer current: an expiration only adds a marker.
    """
    ends = "NoncurrentVersionExpiration" in rule or (
        not versioned and any(end in rule for end in ENDS)
    )
    filtered = rule.keys() & {"TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}
    return ends and not filtered and prefix.startswith(rule.get("Prefix", ""))


def _written(deployment: Deployment) -> dict[str, set[str]]:
    """Prefixes by bucket: the text before the first `*` of what policies let somebody put."""
    targets = [
        resource
        for each in statements(deployment)
        if each.allows_somewhere("s3:PutObject")
        for resource in each.resources
    ]
    for group in deployment.of_type("AWS::Athena::WorkGroup"):
        result = group.properties.get("WorkGroupConfiguration", {}).get("ResultConfiguration", {})
        targets.append(result.get("OutputLocation", "").removeprefix("s3://"))
    found: dict[str, set[str]] = {}
    for target in targets:
        bucket, separator, key = target.removeprefix("<").partition(">/")
        if separator:
            found.setdefault(bucket, set()).add(key.split("*")[0])
    return found
