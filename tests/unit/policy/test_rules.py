"""Each rule of ours names the resource that breaks it, and is silent about one that does not."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from stacks.policy import rules
from tests.unit.policy.templates import (
    SOUND,
    allow,
    arn,
    below,
    deployed,
    document,
    resource,
    spoiled,
)

if TYPE_CHECKING:
    from stacks.policy.deployment import Deployment


def found(deployment: Deployment) -> list[tuple[str, str]]:
    return [
        (each.resource.removeprefix("Some/"), each.rule.removeprefix("MERCADO-"))
        for each in rules.findings(deployment)
    ]


def lifecycle(*more: dict[str, object]) -> dict[str, object]:
    """The sound bucket's rules for all of it, and these."""
    whole = SOUND["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"][0]
    return {"Rules": [whole, *more]}


def perishable(name: str) -> dict[str, dict[str, object]]:
    """The sound resource, but it goes with its stack."""
    return {name: {**copy.deepcopy(SOUND[name]), "DeletionPolicy": "Delete"}}


def test_a_template_that_holds_to_every_rule_has_no_findings() -> None:
    assert found(deployed()) == []


BREAKS = {
    "a stream's failures go nowhere": (
        spoiled("FromStream", DestinationConfig=None),
        [("FromStream", "MappingFailures")],
    ),
    "a mapped queue has no redrive": (
        spoiled("Queue", RedrivePolicy=None),
        [
            ("Dead", "QueueRedrive"),
            ("FromQueue", "MappingFailures"),
            ("Queue", "Alarm[ApproximateNumberOfMessagesVisible]"),
            ("Queue", "QueueRedrive"),
        ],
    ),
    "a rule's target has no dead-letter queue": (
        spoiled("Rule", Targets=[{"Id": "T", "Arn": "x"}]),
        [("Rule", "RuleFailures[T]")],
    ),
    "nobody watches a stream": (deployed(StreamAge=None), [("FromStream", "Alarm[IteratorAge]")]),
    "an alarm on a queue tells nobody": (
        spoiled("QueueAge", AlarmActions=[]),
        [("FromQueue", "Alarm[ApproximateAgeOfOldestMessage]")],
    ),
    "an alarm watches another dead-letter queue": (
        spoiled("DeadDepth", Dimensions=[{"Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}]),
        [("Dead", "Alarm[ApproximateNumberOfMessagesVisible]")],
    ),
    "a log is kept for ever": (spoiled("Log", RetentionInDays=None), [("Log", "LogRetention")]),
    "a function has no log group": (
        spoiled("Function", LoggingConfig=None),
        [("Function", "LogRetention")],
    ),
    "a function may act on everything": (
        deployed(
            Wide=resource(
                "IAM::Policy", Roles=[{"Ref": "Role"}], PolicyDocument=document(allow("x:Y", "*"))
            )
        ),
        [("Wide", "Wildcard")],
    ),
    "a managed policy allows a function all but something": (
        deployed(
            Wide=resource(
                "IAM::ManagedPolicy",
                Roles=[{"Ref": "Role"}],
                PolicyDocument=document(
                    {"Effect": "Allow", "NotAction": "iam:*", "Resource": arn("Bucket")}
                ),
            )
        ),
        [("Wide", "Wildcard")],
    ),
    "a role's inline policy allows all of a service": (
        spoiled(
            "Role",
            Policies=[
                {"PolicyName": "In", "PolicyDocument": document(allow("sqs:*", arn("Queue")))}
            ],
        ),
        [("Role/In", "Wildcard")],
    ),
    "two functions share a role": (
        deployed(Another=copy.deepcopy(SOUND["Function"])),
        [("Role", "OwnRole")],
    ),
    "uploads are never aborted": (
        spoiled(
            "Bucket",
            LifecycleConfiguration={
                "Rules": [{"Status": "Enabled", "NoncurrentVersionExpiration": {}}]
            },
        ),
        [("Bucket", "Lifecycle[uploads]")],
    ),
    "a written prefix has no rule": (
        spoiled("Policy", PolicyDocument=document(allow("s3:PutObject", below("Bucket", "new/")))),
        [("Bucket", "Lifecycle[new/]")],
    ),
    "a rule that is off": (
        spoiled(
            "Bucket",
            LifecycleConfiguration=lifecycle(
                {"Status": "Disabled", "Prefix": "gold/", "NoncurrentVersionExpiration": {}}
            ),
        ),
        [("Bucket", "Lifecycle[gold/]")],
    ),
    "versions outlive an expiration": (
        spoiled(
            "Bucket",
            LifecycleConfiguration=lifecycle(
                {"Status": "Enabled", "Prefix": "gold/", "ExpirationInDays": 1}
            ),
        ),
        [("Bucket", "Lifecycle[gold/]")],
    ),
    "a table without recovery": (
        spoiled("Table", PointInTimeRecoverySpecification=None),
        [("Table", "Table[recovery]")],
    ),
    "a table without encryption": (
        spoiled("Table", SSESpecification={"SSEEnabled": False}),
        [("Table", "Table[encryption]")],
    ),
    "a table that a slip may drop": (
        spoiled("Table", DeletionProtectionEnabled=False),
        [("Table", "Table[protection]")],
    ),
    "a table that goes with its stack": (deployed(**perishable("Table")), [("Table", "Survival")]),
    "data whose key goes with its stack": (deployed(**perishable("Key")), [("Key", "Survival")]),
    "a bucket that may be made public": (
        spoiled("Bucket", PublicAccessBlockConfiguration={"BlockPublicAcls": True}),
        [("Bucket", "Public[bucket]")],
    ),
    "a bucket's policy that lets anybody in": (
        spoiled("BucketPolicy", PolicyDocument=document(allow("s3:GetObject", "*", Principal="*"))),
        [("BucketPolicy", "Public[policy]")],
    ),
    "a key's policy that lets any account in": (
        spoiled("Key", KeyPolicy=document(allow("kms:Decrypt", "*", Principal={"AWS": ["*"]}))),
        [("Key", "Public[policy]")],
    ),
    "a queue's policy that keeps only some out": (
        deployed(
            Open=resource(
                "SQS::QueuePolicy",
                PolicyDocument=document(allow("sqs:SendMessage", "*", NotPrincipal={"AWS": "123"})),
            )
        ),
        [("Open", "Public[policy]")],
    ),
    "a policy that asks anybody for TLS only": (
        spoiled(
            "BucketPolicy",
            PolicyDocument=document(
                allow(
                    "s3:GetObject",
                    "*",
                    Principal="*",
                    Condition={"Bool": {"aws:SecureTransport": "true"}},
                )
            ),
        ),
        [("BucketPolicy", "Public[policy]")],
    ),
    "a policy that lets a service in on behalf of any account": (
        spoiled(
            "BucketPolicy",
            PolicyDocument=document(
                allow("s3:PutObject", "*", Principal={"Service": "logging.s3.amazonaws.com"})
            ),
        ),
        [("BucketPolicy", "Public[policy]")],
    ),
    "a security group open to the world": (
        spoiled("Group", SecurityGroupIngress=[{"CidrIpv6": "::/0"}]),
        [("Group", "Public[network]")],
    ),
    "a rule beside its security group": (
        deployed(Ingress=resource("EC2::SecurityGroupIngress", CidrIp="0.0.0.0/0")),
        [("Ingress", "Public[network]")],
    ),
    "a subnet with public addresses": (
        deployed(Subnet=resource("EC2::Subnet", MapPublicIpOnLaunch=True)),
        [("Subnet", "Public[network]")],
    ),
    "a warehouse with a public endpoint": (
        spoiled("Warehouse", PubliclyAccessible=None),
        [("Warehouse", "Public[network]")],
    ),
    "a secret in a function's environment": (
        spoiled("Function", Environment={"Variables": {"DB_PASSWORD": "x", "TABLE_NAME": "y"}}),
        [("Function", "Secret[DB_PASSWORD]")],
    ),
    "a function's URL without authorization": (
        deployed(Url=resource("Lambda::Url", AuthType="NONE")),
        [("Url", "Public[function]")],
    ),
    "a function that any bucket of any account may invoke": (
        spoiled("Permission", SourceArn=None),
        [("Permission", "Public[function]")],
    ),
}


@pytest.mark.parametrize(("deployment", "expected"), BREAKS.values(), ids=BREAKS)
def test_what_breaks_a_rule_is_named(
    deployment: Deployment, expected: list[tuple[str, str]]
) -> None:
    assert found(deployment) == expected


def test_every_rule_is_broken_by_some_template_above() -> None:
    named = {rule.split("[")[0] for _, expected in BREAKS.values() for _, rule in expected}
    documented = {(check.__doc__ or "").split(":")[0] for check in rules.CHECKS}
    written = {each.removeprefix("MERCADO-") for each in documented if "MERCADO-" in each}
    assert named == written | {"Public"}


def test_a_condition_that_says_who_makes_anybody_somebody() -> None:
    here = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    shared = document(allow("s3:GetObject", "*", Principal="*", Condition=here))
    assert found(spoiled("BucketPolicy", PolicyDocument=shared)) == []
