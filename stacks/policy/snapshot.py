"""The security-relevant part of the templates as text that a reviewer reads in a diff.

One file a stack, under `stacks/policy/snapshot/`: who may do what, who may become whom, what starts
what, what is open. No hashes, no asset names, a fixed order: it changes only if its meaning does.
"""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stacks.policy.deployment import listed
from stacks.policy.permissions import (
    HOLDERS,
    POLICIES,
    RESOURCE_POLICIES,
    parse,
    resource_statements,
    statements,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacks.policy.deployment import Deployment, Resource

FOLDER = Path(__file__).parent / "snapshot"
IDENTITIES = tuple(HOLDERS)
SHOWN: dict[str, tuple[str, ...]] = {
    "AWS::ApiGatewayV2::Api": ("ProtocolType", "CorsConfiguration", "DisableExecuteApiEndpoint"),
    "AWS::ApiGatewayV2::Authorizer": ("AuthorizerType", "JwtConfiguration"),
    "AWS::ApiGatewayV2::Route": ("RouteKey", "AuthorizationType", "AuthorizerId", "Target"),
    "AWS::ApiGatewayV2::Stage": ("DefaultRouteSettings", "RouteSettings"),
    "AWS::Athena::WorkGroup": ("WorkGroupConfiguration",),
    "AWS::Cognito::UserPool": ("AdminCreateUserConfig", "MfaConfiguration", "Policies"),
    "AWS::Cognito::UserPoolClient": ("ExplicitAuthFlows", "GenerateSecret", "AllowedOAuthFlows"),
    "AWS::DynamoDB::Table": (
        "DeletionProtectionEnabled",
        "PointInTimeRecoverySpecification",
        "SSESpecification",
        "StreamSpecification",
    ),
    "AWS::EC2::SecurityGroup": ("SecurityGroupIngress", "SecurityGroupEgress"),
    "AWS::EC2::SecurityGroupIngress": ("CidrIp", "CidrIpv6", "FromPort", "ToPort", "GroupId"),
    "AWS::EC2::VPCEndpoint": ("ServiceName", "VpcEndpointType", "PolicyDocument"),
    "AWS::Events::Rule": ("EventPattern", "ScheduleExpression", "State"),
    "AWS::KMS::Key": ("EnableKeyRotation",),
    "AWS::Lambda::EventInvokeConfig": ("FunctionName", "DestinationConfig", "MaximumRetryAttempts"),
    "AWS::Lambda::EventSourceMapping": (
        "EventSourceArn",
        "FunctionName",
        "DestinationConfig",
        "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts",
    ),
    "AWS::Lambda::Function": ("Role", "VpcConfig"),
    "AWS::Lambda::Permission": ("Action", "FunctionName", "Principal", "SourceArn"),
    "AWS::Lambda::Url": ("AuthType", "Cors", "TargetFunctionArn"),
    "AWS::RedshiftServerless::Namespace": ("IamRoles", "KmsKeyId", "ManageAdminPassword"),
    "AWS::RedshiftServerless::Workgroup": ("PubliclyAccessible", "EnhancedVpcRouting"),
    "AWS::S3::Bucket": (
        "BucketEncryption",
        "LifecycleConfiguration",
        "LoggingConfiguration",
        "NotificationConfiguration",
        "PublicAccessBlockConfiguration",
        "VersioningConfiguration",
    ),
    "AWS::SNS::Subscription": ("Protocol", "TopicArn"),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("RedrivePolicy", "SqsManagedSseEnabled", "KmsMasterKeyId"),
    "AWS::Scheduler::Schedule": ("ScheduleExpression", "State", "Target"),
    "AWS::StepFunctions::StateMachine": ("RoleArn", "LoggingConfiguration"),
}
"""What of each type a reviewer has to see; policies, roles and targets are written out below."""
UNSEEN = {
    "AWS::ApiGatewayV2::Integration",
    "AWS::CDK::Metadata",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::EC2::FlowLog",
    "AWS::EC2::RouteTable",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::Lambda::LayerVersion",
    "AWS::Logs::LogGroup",
    *POLICIES,
}
"""Types that open nothing by themselves. One that is named nowhere here is shown whole."""


def render(deployment: Deployment) -> dict[str, str]:
    """Text by stack."""
    blocks: dict[str, list[str]] = {}
    allowed = _allowed(deployment)
    for resource in deployment.resources:
        if resource.type not in UNSEEN:
            lines = _lines(resource, allowed)
            kept = "" if resource.deletion_policy == "Delete" else f"  ({resource.deletion_policy})"
            head = f"{resource.path}: {resource.type.removeprefix('AWS::')}{kept}"
            stack = resource.path.split("/")[0]
            blocks.setdefault(stack, []).append("\n".join([head, *(f"  {each}" for each in lines)]))
    return {stack: "\n\n".join(each) + "\n" for stack, each in blocks.items()}


def differences(rendered: dict[str, str], folder: Path = FOLDER) -> str:
    """A unified diff of what is checked in and what the templates say now; empty if they agree."""
    known = {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.txt"))}
    lines: list[str] = []
    for stack in sorted(known | rendered):
        before, after = known.get(stack, ""), rendered.get(stack, "")
        lines += difflib.unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"reviewed/{stack}",
            f"synthesized/{stack}",
        )
    return "".join(lines)


def write(rendered: dict[str, str], folder: Path = FOLDER) -> None:
    """Replaces what is checked in: a reviewer sees the difference."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.txt"):
        if file.stem not in rendered:
            file.unlink()
    for stack, text in rendered.items():
        (folder / f"{stack}.txt").write_text(text, encoding="utf-8")


def _lines(resource: Resource, allowed: dict[str, list[str]]) -> Iterator[str]:
    if resource.type in IDENTITIES:
        trust = resource.properties.get("AssumeRolePolicyDocument", {})
        yield from (_trust(each) for each in listed(trust.get("Statement")))
        yield from (f"managed {arn}" for arn in resource.properties.get("ManagedPolicyArns", []))
        yield from allowed.get(resource.path, [])
    if resource.type in RESOURCE_POLICIES:
        yield from _resource_policy(resource)
    known = (*SHOWN, *IDENTITIES, *RESOURCE_POLICIES)
    whole = () if resource.type in known else sorted(resource.properties)
    for name in SHOWN.get(resource.type, whole):
        if name in resource.properties:
            yield f"{name}: {_compact(resource.properties[name])}"
    if resource.type == "AWS::Events::Rule":
        for target in resource.properties.get("Targets", []):
            dead = target.get("DeadLetterConfig", {}).get("Arn", "nowhere")
            yield f"starts {target['Arn']}, failures to {dead}"


def _allowed(deployment: Deployment) -> dict[str, list[str]]:
    """Sentences by holder, in a fixed order, each once."""
    found: dict[str, set[str]] = {}
    for each in statements(deployment):
        but = "all but " if each.inverted else ""
        condition = f" if {_compact(each.condition)}" if each.condition else ""
        for resource in each.resources:
            for action in each.actions:
                sentence = f"{each.effect} {but}{resource}  {action}{condition}"
                found.setdefault(each.holder, set()).add(sentence)
    return {holder: sorted(sentences) for holder, sentences in found.items()}


def _resource_policy(resource: Resource) -> Iterator[str]:
    given = resource_statements(resource)
    for raw, each in zip(given, parse("", resource.path, given), strict=True):
        condition = f" if {_compact(each.condition)}" if each.condition else ""
        but = " all but" if each.inverted else ""
        yield (
            f"{each.effect} {_compact(raw.get('Principal', raw.get('NotPrincipal')))}:{but} "
            f"{', '.join(each.actions)} on {', '.join(each.resources)}{condition}"
        )


def _trust(statement: dict[str, Any]) -> str:
    condition = f" if {_compact(statement['Condition'])}" if "Condition" in statement else ""
    return f"trusts {_compact(statement['Principal'])}{condition}"


def _compact(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
