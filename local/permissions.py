"""What the functions' roles are granted, and what of it they have used on the laptop's cloud.

Grants are read from the cloud's own IAM, as deployed; what each role has asked for, the emulator
writes down (emulator_requests.py). A grant that nobody used needs a reason, in unused.toml.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from stacks.policy.deployment import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from local.access import Access

REASONS = Path(__file__).parent / "unused.toml"
LEAST_WORDS = 6
FUNCTIONS = "lambda.amazonaws.com", "states.amazonaws.com"
"""Whose roles run something; people's are used by people."""
ACCOUNT = re.compile(r"^arn:aws:[\w-]*:[\w-]*:\d*:")
MADE_UP = re.compile(r"^[A-Za-z]+-(?:Functions|Promotion)?(?P<name>\w+?)Role[0-9A-F]{8}.*$")
"""A role's name as CloudFormation makes it up, and the function's in it."""


@dataclass(frozen=True, order=True)
class Grant:
    """One action on one resource, either with `*`, as a role's policy has it."""

    role: str
    action: str
    resource: str

    def covers(self, request: Grant) -> bool:
        """Whether the request, which has no `*`, is one of what this allows."""
        return (
            self.role == request.role
            and fnmatchcase(request.action.lower(), self.action.lower())
            and fnmatchcase(request.resource, self.resource)
        )


@dataclass(frozen=True)
class Usage:
    """`unused` are the grants that no request was covered by, each with its reason or None."""

    granted: tuple[Grant, ...]
    unused: dict[Grant, str | None]
    idle: tuple[str, ...]
    """Reasons for what nobody is granted: to be taken out."""

    @property
    def unexplained(self) -> list[Grant]:
        return [grant for grant, reason in self.unused.items() if reason is None]


def usage(access: Access, asked: Path) -> Usage:
    """Compares the grants of the cloud that runs with what its roles have asked for."""
    granted = tuple(sorted(set(_granted(access))))
    requests = {
        Grant(short(each["role"]), each["action"], each["resource"])
        for each in map(json.loads, asked.read_text().splitlines())
    }
    return judge(granted, requests, reasons())


def judge(granted: Iterable[Grant], requests: Iterable[Grant], reasons: dict[Grant, str]) -> Usage:
    """`reasons` are by grants that may have `*` in each part."""
    granted, requests = tuple(granted), list(requests)
    unused: dict[Grant, str | None] = {}
    for grant in granted:
        if not any(grant.covers(each) for each in requests):
            found = (why for given, why in reasons.items() if _means(given, grant))
            unused[grant] = next(found, None)
    idle = [given for given in reasons if not any(_means(given, grant) for grant in granted)]
    return Usage(granted, unused, tuple(map(str, idle)))


def reasons(file: Path = REASONS) -> dict[Grant, str]:
    """Of unused.toml: `[role]`, then `"action resource" = "reason"`. Raises ValueError."""
    found: dict[Grant, str] = {}
    for role, given in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for what, reason in given.items():
            action, _, resource = what.partition(" ")
            if len(reason.split()) < LEAST_WORDS:
                raise ValueError(f"{file.name}: {role} {what} needs {LEAST_WORDS} words at least")
            found[Grant(role, action, resource or "*")] = reason
    return found


def show(console: Console, found: Usage) -> None:
    """Unused grants by their reason; those without come last."""
    used = len(found.granted) - len(found.unused)
    table = Table(title=f"{used} of {len(found.granted)} grants were used; these were not")
    for column in ("why", "action", "on", "of"):
        table.add_column(column, overflow="fold")
    for reason in sorted(set(found.unused.values()), key=lambda each: each or "~"):
        grants = [grant for grant, why in found.unused.items() if why == reason]
        why = reason or "[red]no reason[/red]"
        for action in sorted({each.action for each in grants}):
            places = {ACCOUNT.sub("", each.resource) for each in grants if each.action == action}
            where = places.pop() if len(places) == 1 else f"{len(places)} resources"
            roles = sorted({each.role for each in grants if each.action == action})
            table.add_row(why, action, where, ", ".join(roles))
            why = ""
        table.add_section()
    console.print(table)


def short(role: str) -> str:
    """`Publish` for `MercadoPipeline-FunctionsPublishRole75D2D676-…`."""
    found = MADE_UP.match(role)
    return found["name"] if found else role


def _means(given: Grant, grant: Grant) -> bool:
    """Whether a reason's patterns are about the grant, whose own `*` are letters here."""
    return (
        fnmatchcase(grant.role, given.role)
        and fnmatchcase(grant.action, given.action)
        and fnmatchcase(grant.resource, given.resource)
    )


def _granted(access: Access) -> Iterator[Grant]:
    iam = access.client("iam")
    for page in iam.get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            if set(_services(role["AssumeRolePolicyDocument"])) & set(FUNCTIONS):
                for document in _documents(iam, role["RoleName"]):
                    yield from _grants(short(role["RoleName"]), document)


def _services(trust: dict[str, Any]) -> Iterator[str]:
    for statement in listed(trust["Statement"]):
        principal = statement.get("Principal", {})
        yield from listed(principal.get("Service")) if isinstance(principal, dict) else ()


def _documents(iam: Any, role: str) -> Iterator[dict[str, Any]]:
    """Inline policies, and the default versions of those attached."""
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        yield iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)
        yield found["PolicyVersion"]["Document"]


def _grants(role: str, document: dict[str, Any]) -> Iterator[Grant]:
    for statement in listed(document["Statement"]):
        if statement["Effect"] == "Allow":
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield Grant(role, action, resource)
