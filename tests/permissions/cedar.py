"""IAM statements as policies of Cedar, whose engine then decides: not the emulator's, not ours.

Cedar is AWS's own policy engine (open source, proven in Lean); its decision is IAM's: nothing is
permitted unless a policy permits it, and whatever forbids wins. What stays to this file is how
IAM *writes* policies, translated element by element as AWS's reference describes them.
`test_cedar.py` holds it to the examples there.

Not taken: evaluators of IAM's own language that are no stronger than copyleft (`iam-simulate` is
AGPL) or that get it wrong (npm's `pbac` looks at the first key of a condition only, and at a
negated operator's values one by one).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stacks.policy.deployment import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.permissions.account import Statement

WILDCARD = "*"
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnLike",
    "ArnNotLike": "ArnLike",
}
"""Operators that hold where the affirmative one, asked of all values, does not."""
IF_EXISTS = "IfExists"
ARN_PARTS = 6
MADE_UP = "??????"
"""How Secrets Manager ends ARNs. Cedar knows `*` only: so here a policy allows more than on AWS."""


class NotTranslatedError(Exception):
    """A statement uses what this translation does not know; it is never guessed at."""


def policy(statement: Statement, principal: str | None, variables: Mapping[str, str]) -> str:
    """The statement as Cedar text.

    `principal`: a Cedar condition on who asks, for a resource's own policy; `variables`: what
    stands for `${aws:userid}` and the like.
    """
    body = statement.body
    conditions = [
        each
        for each in (
            principal,
            _owned(statement.owner),
            _any(body, "Action", "action", variables, fold=True),
            _any(body, "Resource", "resource", variables, fold=False),
            *_conditions(body.get("Condition", {}), variables),
        )
        if each is not None
    ]
    effect = {"Allow": "permit", "Deny": "forbid"}[body["Effect"]]
    when = " &&\n  ".join(conditions) or "true"
    name = _text(str(statement))
    return f"@id({name})\n{effect} (principal, action, resource) when {{\n  {when}\n}};"


def context(action: str, resource: str, keys: Mapping[str, str]) -> dict[str, Any]:
    """What Cedar is told of a request; ARNs in parts too, since `*` does not cross their colons."""
    told: dict[str, Any] = {"action": action.lower(), "resource": resource}
    for key, value in keys.items():
        told[key.lower()] = value
        told |= {f"{key.lower()}#{n}": part for n, part in enumerate(_parts(value))}
    return told


def _parts(value: str) -> list[str]:
    parts = value.split(":", ARN_PARTS - 1)
    return parts if parts[0] == "arn" and len(parts) == ARN_PARTS else []


def _owned(owner: str) -> str | None:
    """A resource's policy speaks of that resource and of what is in it, whatever it names."""
    if not owner:
        return None
    name = owner.removesuffix(":*")
    return f"(context.resource == {_text(name)} || context.resource like {_text(name + '/*')})"


def _any(
    body: Mapping[str, Any],
    element: str,
    attribute: str,
    variables: Mapping[str, str],
    *,
    fold: bool,
) -> str | None:
    """`Action` or `NotAction` and so on; IAM compares actions without regard to case."""
    inverted = f"Not{element}" in body
    patterns = listed(body.get(f"Not{element}" if inverted else element))
    if not patterns:  # a trust policy names no resource
        return None
    if WILDCARD in patterns and not inverted:
        return None
    alternatives = " || ".join(
        _like(f"context.{attribute}", each.lower() if fold else each, variables)
        for each in patterns
    )
    return f"!({alternatives})" if inverted else f"({alternatives})"


def _conditions(
    given: Mapping[str, Mapping[str, Any]], variables: Mapping[str, str]
) -> Iterable[str]:
    """Every operator and every key must hold; of a key's values, one."""
    for operator, keys in given.items():
        for key, values in keys.items():
            yield _condition(
                operator, key.lower(), [str(each) for each in listed(values)], variables
            )


def _condition(operator: str, key: str, values: list[str], variables: Mapping[str, str]) -> str:
    there = f"context has {_text(key)}"
    if operator == "Null":
        return f"!({there})" if values == ["true"] else there
    optional = operator.endswith(IF_EXISTS)
    operator = operator.removesuffix(IF_EXISTS)
    negated = operator in NEGATED
    compare = NEGATED.get(operator, operator)
    found = " || ".join(_compared(compare, key, each, variables) for each in values)
    holds = f"({there} && ({found}))"
    if negated:  # "if the key is not present in the request, the condition is true"
        return f"!{holds}"
    return f"(!({there}) || {holds})" if optional else holds


def _compared(operator: str, key: str, value: str, variables: Mapping[str, str]) -> str:
    given = f"context[{_text(key)}]"
    match operator:
        case "StringEquals":
            return f"{given} == {_text(_filled(value, variables))}"
        case "Bool":
            return f"{given} == {_text(value.lower())}"
        case "StringLike":
            return _like(given, value, variables)
        case "ArnLike" | "ArnEquals":
            return _arn_like(key, _filled(value, variables))
        case _:
            raise NotTranslatedError(f"condition operator {operator}")


def _arn_like(key: str, value: str) -> str:
    """Each of the six parts by itself, as `ArnLike` and `ArnEquals` alike do."""
    parts = _parts(value)
    if not parts:
        raise NotTranslatedError(f"{value!r} is no ARN")
    compared = [
        f"context has {_text(f'{key}#{n}')} && context[{_text(f'{key}#{n}')}] like {_text(part)}"
        for n, part in enumerate(parts)
    ]
    return f"({' && '.join(compared)})"


def _like(given: str, pattern: str, variables: Mapping[str, str]) -> str:
    filled = _filled(pattern, variables)
    if filled.endswith(MADE_UP) and "?" not in filled.removesuffix(MADE_UP):
        filled = f"{filled.removesuffix(MADE_UP)}*"
    if "?" in filled:
        raise NotTranslatedError(f"{pattern!r}: Cedar knows `*` only")
    return f"{given} like {_text(filled)}"


def _filled(value: str, variables: Mapping[str, str]) -> str:
    for name, found in variables.items():
        value = value.replace(f"${{{name}}}", found)
    if "${" in value:
        raise NotTranslatedError(f"{value!r}: a variable that the request does not carry")
    return value


def _text(value: str) -> str:
    """A literal of Cedar: its strings are JSON's, for the characters that policies have."""
    if not value.isascii() or "\\" in value:
        raise NotTranslatedError(f"{value!r}: not plain ASCII")
    return json.dumps(value)
