"""Small templates: what holds to every rule, and how to spoil one property of it."""

from __future__ import annotations

import copy
from typing import Any

from stacks.policy.deployment import Deployment

Resource = dict[str, Any]
STACK = "Some"


def resource(kind: str, deletion: str = "Delete", **properties: Any) -> Resource:
    return {"Type": f"AWS::{kind}", "Properties": properties, "DeletionPolicy": deletion}


def arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str, on: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": on, **more}


def below(name: str, prefix: str) -> dict[str, Any]:
    return {"Fn::Join": ["", [arn(name), f"/{prefix}*"]]}


def alarm(metric: str, dimension: Any) -> Resource:
    return resource(
        "CloudWatch::Alarm",
        MetricName=metric,
        Dimensions=[{"Name": "Any", "Value": dimension}],
        AlarmActions=["topic"],
    )


SOUND: dict[str, Resource] = {
    "Key": resource("KMS::Key", "Retain"),
    "Bucket": resource(
        "S3::Bucket",
        "Retain",
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        BucketEncryption={"Key": arn("Key")},
        VersioningConfiguration={"Status": "Enabled"},
        LifecycleConfiguration={
            "Rules": [
                {"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
                {
                    "Status": "Enabled",
                    "Prefix": "gold/",
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                },
            ]
        },
    ),
    "BucketPolicy": resource(
        "S3::BucketPolicy",
        PolicyDocument=document(
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
            allow(
                "s3:PutObject",
                "*",
                Principal={"Service": "logging"},
                Condition={"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            ),
        ),
    ),
    "Table": resource(
        "DynamoDB::Table",
        "Retain",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        SSESpecification={"SSEEnabled": True},
        DeletionProtectionEnabled=True,
    ),
    "Log": resource("Logs::LogGroup", RetentionInDays=30),
    "Role": resource("IAM::Role"),
    "Policy": resource(
        "IAM::Policy",
        Roles=[{"Ref": "Role"}],
        PolicyDocument=document(allow("s3:PutObject", below("Bucket", "gold/"))),
    ),
    "Function": resource(
        "Lambda::Function", Role=arn("Role"), LoggingConfig={"LogGroup": {"Ref": "Log"}}
    ),
    "Permission": resource(
        "Lambda::Permission", Principal="events.amazonaws.com", SourceArn=arn("Rule")
    ),
    "Dead": resource("SQS::Queue"),
    "Queue": resource("SQS::Queue", RedrivePolicy={"deadLetterTargetArn": arn("Dead")}),
    "Rule": resource(
        "Events::Rule",
        Targets=[{"Id": "T", "Arn": arn("Queue"), "DeadLetterConfig": {"Arn": arn("Dead")}}],
    ),
    "FromQueue": resource(
        "Lambda::EventSourceMapping", EventSourceArn=arn("Queue"), FunctionName={"Ref": "Function"}
    ),
    "FromStream": resource(
        "Lambda::EventSourceMapping",
        EventSourceArn={"Fn::GetAtt": ["Table", "StreamArn"]},
        FunctionName={"Ref": "Function"},
        StartingPosition="LATEST",
        DestinationConfig={"OnFailure": {"Destination": arn("Bucket")}},
    ),
    "StreamAge": alarm("IteratorAge", {"Ref": "Function"}),
    "QueueAge": alarm(
        "ApproximateAgeOfOldestMessage", {"Fn::Select": [5, {"Fn::Split": [":", arn("Queue")]}]}
    ),
    "DeadDepth": alarm("ApproximateNumberOfMessagesVisible", {"Fn::GetAtt": ["Dead", "QueueName"]}),
    "Group": resource("EC2::SecurityGroup", SecurityGroupEgress=[{"CidrIp": "0.0.0.0/0"}]),
    "Warehouse": resource("RedshiftServerless::Workgroup", PubliclyAccessible=False),
}
"""One of each that the rules look at, each as it should be."""


def deployed(**changes: Any) -> Deployment:
    """The sound template with resources added, replaced, or (None) taken out."""
    resources = {**copy.deepcopy(SOUND), **changes}
    kept = {name: each for name, each in resources.items() if each is not None}
    return Deployment({STACK: {"Resources": kept}})


def spoiled(name: str, **properties: Any) -> Deployment:
    """The sound template with some properties of one resource replaced, or (None) taken out."""
    changed = copy.deepcopy(SOUND[name])
    changed["Properties"] |= properties
    changed["Properties"] = {k: v for k, v in changed["Properties"].items() if v is not None}
    return deployed(**{name: changed})
