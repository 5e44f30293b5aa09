"""Who may do what by the policies of one account: one question asked of all that has a say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cedarpy

from stacks.policy.deployment import listed
from tests.permissions.account import NUMBER
from tests.permissions.cedar import context, policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.permissions.account import Role, Statement

SECURE = {"aws:SecureTransport": "true", "aws:PrincipalAccount": NUMBER}
"""What every request carries unless a question says otherwise."""
ANYONE = ("*",)
ROOT = f"arn:aws:iam::{NUMBER}:root"
DELEGATED = (ROOT, NUMBER)
"""A resource's policy that names the account leaves it to the policies of its identities."""
KEY = "arn:aws:kms:"
USER_ID = "AROAEXAMPLE:session"
"""`aws:userid` of whoever asks in a role."""
ASSUMING = ("sts:AssumeRole", "sts:TagSession")
NO_ENTITIES = cedarpy.Entities.from_json_str("[]")


@dataclass(frozen=True)
class Question:
    """May the principal do the action with the resource (an ARN)? `keys` are of the request."""

    action: str
    resource: str
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Principal:
    """Who asks: a role, with all that limits it, or a service of AWS, which has no policies.

    A role's `attached` may be replaced, to ask what would be if a statement were another.
    """

    name: str
    attached: tuple[Statement, ...] = ()
    boundary: tuple[Statement, ...] | None = None
    keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def role(cls, role: Role) -> Principal:
        session = {
            "aws:PrincipalArn": role.arn,
            "aws:PrincipalType": "AssumedRole",
            "aws:userid": USER_ID,
        }
        return cls(role.arn, role.attached, role.boundary, session)

    @classmethod
    def service(cls, name: str) -> Principal:
        return cls(name)

    def named_by(self, statement: Statement) -> bool:
        """Whether a resource's policy means this one, by name or as anyone."""
        return bool({self.name, *ANYONE} & set(_principals(statement.body)))


def ask(
    principal: Principal, of_resources: Iterable[Statement], questions: Sequence[Question]
) -> list[bool]:
    """Whether each is allowed, as IAM decides within one account.

    What an identity's policies or the resource's own allow is allowed, unless any of them denies
    it or a permission boundary does not allow it too. A KMS key is different: its own policy must
    allow, by itself or by leaving it to the account.
    """
    own = tuple(of_resources)
    denies = [each for each in (*principal.attached, *own) if each.body["Effect"] == "Deny"]
    by_identity = _decided(principal, [*principal.attached, *denies], questions)
    direct = [each for each in own if principal.named_by(each)]
    by_resource = _decided(principal, [*direct, *denies], questions)
    left = [each for each in own if set(_principals(each.body)) & set(DELEGATED)]
    delegated = _decided(principal, [*left, *denies], questions)
    within = [True] * len(questions)
    if principal.boundary is not None:
        within = _decided(principal, [*principal.boundary, *denies], questions)
    return [
        bounded
        and (resource or (identity and (left_to_it or not question.resource.startswith(KEY))))
        for question, identity, resource, left_to_it, bounded in zip(
            questions, by_identity, by_resource, delegated, within, strict=True
        )
    ]


def may_assume(principal: Principal, role: Role, action: str = "sts:AssumeRole") -> bool:
    """Whether the role's trust policy lets the principal become it.

    Where it names the account, the principal's own policies must allow it too.
    """
    question = [Question(action, role.arn)]
    named = [each for each in role.trust if principal.named_by(each)]
    left = [each for each in role.trust if set(_principals(each.body)) & set(DELEGATED)]
    allowed = _decided(principal, principal.attached, question)[0]
    return _decided(principal, named, question)[0] or (
        allowed and _decided(principal, left, question)[0]
    )


def short(path: str) -> str:
    """The name in a role's path that tells whose it is."""
    return path.removesuffix("IAMRole").removesuffix("Role").removesuffix("/").split("/")[-1]


def _principals(body: Mapping[str, Any]) -> list[str]:
    named = body["Principal"]
    if isinstance(named, dict):
        return [name for names in named.values() for name in listed(names)]
    return listed(named)


def _decided(
    principal: Principal, statements: Sequence[Statement], questions: Sequence[Question]
) -> list[bool]:
    """What the engine says of each question; of each service only what speaks of it is asked."""
    decisions = [False] * len(questions)
    by_service: dict[str, list[int]] = {}
    for number, question in enumerate(questions):
        by_service.setdefault(question.action.partition(":")[0], []).append(number)
    for service, numbers in by_service.items():
        spoken = [each for each in statements if _speaks_of(each, service)]
        if not any(each.body["Effect"] == "Allow" for each in spoken):
            continue
        asked = [_request(principal, questions[number]) for number in numbers]
        found = cedarpy.is_authorized_batch(asked, _policies(principal, spoken), NO_ENTITIES)
        for number, each in zip(numbers, found, strict=True):
            decisions[number] = each.allowed
    return decisions


def _speaks_of(statement: Statement, service: str) -> bool:
    actions = listed(statement.body.get("Action", "*"))
    return any(each == "*" or each.lower().startswith(f"{service}:") for each in actions)


def _policies(principal: Principal, statements: Iterable[Statement]) -> cedarpy.PolicySet:
    """Raises ValueError if Cedar does not understand what we wrote."""
    keys = tuple(principal.keys.items())
    texts = {_text(each, _who(principal, each), keys) for each in statements}
    return _parsed("\n".join(sorted(texts)))


def _who(principal: Principal, statement: Statement) -> str | None:
    """For a deny in a resource's policy: whom it means."""
    if not statement.owner or statement.body["Effect"] == "Allow":
        return None
    return "true" if principal.named_by(statement) else "false"


@lru_cache(maxsize=10_000)
def _text(statement: Statement, who: str | None, keys: tuple[tuple[str, str], ...]) -> str:
    return policy(statement, who, dict(keys))


@lru_cache(maxsize=256)
def _parsed(text: str) -> cedarpy.PolicySet:
    return cedarpy.PolicySet.from_str(text)


def _request(principal: Principal, question: Question) -> dict[str, Any]:
    keys = {**SECURE, **principal.keys, **dict(question.keys)}
    told = _told(question.action, question.resource, tuple(keys.items()))
    return {
        "principal": f'Principal::"{principal.name}"',
        "action": 'Action::"request"',
        "resource": 'Resource::"any"',
        "context": told,
    }


@lru_cache(maxsize=100_000)
def _told(action: str, resource: str, keys: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(context(action, resource, dict(keys)))
