"""Our own checks, for what neither of cdk-nag's packs knows; each says why it is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacks.policy import data, edges, exposure
from stacks.policy.deployment import listed
from stacks.policy.findings import Finding
from stacks.policy.permissions import functions_with_role, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stacks.policy.deployment import Deployment

    Check = Callable[[Deployment], Iterator[Finding]]


SECRET = re.compile(r"(?i)passw|secret|token|credential|private|api_?key|access_?key")
"""In the name of a variable."""


def log_retention(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-LogRetention: a log group that nobody made keeps everything for ever, and costs."""
    groups = {each.path: each for each in deployment.of_type("AWS::Logs::LogGroup")}
    for group in groups.values():
        if "RetentionInDays" not in group.properties:
            yield Finding(group.path, "MERCADO-LogRetention", "The log is kept for ever.")
    for function in deployment.of_type("AWS::Lambda::Function"):
        log = function.properties.get("LoggingConfig", {}).get("LogGroup", "")
        if log.strip("<>") not in groups:
            yield Finding(
                function.path,
                "MERCADO-LogRetention",
                "The function logs to a group that no template declares.",
            )


def wildcards(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-Wildcard: a function may act on what it names, not on whatever there is."""
    found = {}
    for each in statements(deployment):
        if each.effect != "Allow" or not functions_with_role(deployment, each.holder):
            continue
        if each.inverted:
            found[each.policy] = "A function's policy allows all but something."
        elif "*" in each.resources:
            found.setdefault(
                each.policy, f"A function's policy allows {', '.join(each.actions)} on everything."
            )
        if any(action == "*" or action.endswith(":*") for action in each.actions):
            found[each.policy] = "A function's policy allows all actions of a service."
    for policy, sentence in found.items():
        yield Finding(policy, "MERCADO-Wildcard", sentence)


def own_roles(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-OwnRole: functions that share a role share what either of them may do."""
    users: dict[str, list[str]] = {}
    for function in deployment.of_type("AWS::Lambda::Function"):
        for role in listed(function.properties.get("Role")):
            users.setdefault(role, []).append(function.path)
    for role, functions in users.items():
        if len(functions) > 1:
            yield Finding(
                role.strip("<>"),
                "MERCADO-OwnRole",
                f"{' and '.join(functions)} share the role.",
            )


def secrets(deployment: Deployment) -> Iterator[Finding]:
    """MERCADO-Secret: an environment is shown to whoever may see the function's configuration."""
    for function in deployment.of_type("AWS::Lambda::Function"):
        variables = function.properties.get("Environment", {}).get("Variables", {})
        for name in sorted(name for name in variables if SECRET.search(name)):
            yield Finding(
                function.path, f"MERCADO-Secret[{name}]", f"{name} looks like a secret, in plain."
            )


CHECKS: tuple[Check, ...] = (
    edges.mappings,
    edges.queues,
    edges.rules,
    edges.alarms,
    log_retention,
    wildcards,
    own_roles,
    secrets,
    data.lifecycle,
    data.tables,
    data.survival,
    exposure.buckets,
    exposure.policies,
    exposure.network,
    exposure.functions,
)


def findings(deployment: Deployment) -> list[Finding]:
    """What our checks find in a deployment with the default settings."""
    return sorted(each for check in CHECKS for each in check(deployment))
