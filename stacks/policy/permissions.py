"""Who may do what, by every policy of a deployment."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from stacks.policy.deployment import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacks.policy.deployment import Deployment, Resource

HOLDERS = {"AWS::IAM::Role": "Roles", "AWS::IAM::User": "Users", "AWS::IAM::Group": "Groups"}
POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
RESOURCE_POLICIES = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
    "AWS::Events::EventBusPolicy": "Statement",
}
"""Where each type holds its document; an event bus has one statement."""


@dataclass(frozen=True)
class Statement:
    """One statement of an identity policy: `holder` may, `policy` is where it says so."""

    holder: str
    policy: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: dict[str, Any]
    inverted: bool
    """It has NotAction or NotResource: it allows all but something."""

    def allows(self, action: str, resource: str) -> bool:
        """As IAM matches, without regard to conditions: what it might allow at most."""
        return self.allows_somewhere(action) and (
            self.inverted or any(fnmatchcase(resource, _pattern(each)) for each in self.resources)
        )

    def allows_somewhere(self, action: str) -> bool:
        """With whatever resources it names."""
        return self.effect == "Allow" and (
            self.inverted or any(fnmatchcase(action.lower(), each.lower()) for each in self.actions)
        )


def _pattern(resource: str) -> str:
    """IAM knows `*` and `?` only: a bracket is a bracket."""
    return resource.replace("[", "[[]")


def statements(deployment: Deployment) -> list[Statement]:
    """Of every role, user and group: inline, attached and managed policies of the templates."""
    return [
        each
        for holder, policy, document in _documents(deployment)
        for each in parse(holder, policy, listed(document["Statement"]))
    ]


def who_may(deployment: Deployment, action: str, resource: str) -> set[str]:
    """Paths of all who may do the action with the resource, such as `<Lake/Bucket>/gold/x`.

    A Deny is not counted: the answer may be too large, never too small.
    """
    return {each.holder for each in statements(deployment) if each.allows(action, resource)}


def resource_statements(resource: Resource) -> list[dict[str, Any]]:
    """The statements of a policy that a resource has itself, or that is made for it."""
    document = resource.properties.get(RESOURCE_POLICIES[resource.type], {"Statement": []})
    return listed(document.get("Statement", document))


def parse(holder: str, policy: str, given: list[dict[str, Any]]) -> Iterator[Statement]:
    for each in given:
        yield Statement(
            holder,
            policy,
            each["Effect"],
            tuple(sorted(listed(each.get("Action", each.get("NotAction"))))),
            tuple(sorted(listed(each.get("Resource", each.get("NotResource"))))),
            each.get("Condition", {}),
            "NotAction" in each or "NotResource" in each,
        )


def _documents(deployment: Deployment) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(holder, policy, document) of identity policies."""
    attached: dict[str, list[str]] = {}
    for holder in deployment.of_type(*HOLDERS):
        for each in holder.properties.get("Policies", []):
            path = f"{holder.path}/{each['PolicyName']}"
            yield holder.path, path, each["PolicyDocument"]
        for arn in holder.properties.get("ManagedPolicyArns", []):
            attached.setdefault(arn.strip("<>"), []).append(holder.path)
    for policy in deployment.of_type(*POLICIES):
        for holder_path in [*_named(policy), *attached.get(policy.path, [])]:
            yield holder_path, policy.path, policy.properties["PolicyDocument"]


def _named(policy: Resource) -> list[str]:
    """Holders that the policy itself names."""
    names = [name for kind in HOLDERS.values() for name in policy.properties.get(kind, [])]
    return [name.strip("<>") for name in names]


def functions_with_role(deployment: Deployment, role: str) -> set[str]:
    """The functions that act as the role."""
    functions = deployment.of_type("AWS::Lambda::Function")
    return {each.path for each in functions if each.properties.get("Role") == f"<{role}>"}
