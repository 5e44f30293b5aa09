"""cdk-nag's packs as findings of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from stacks.policy.deployment import without_self
from stacks.policy.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import App

    from stacks.policy.deployment import Deployment

PACKS = (AwsSolutionsChecks, ServerlessChecks)


def findings(app: App, deployment: Deployment) -> Iterator[Finding]:
    """What the packs find in a synthesized app, warnings and rules that failed included.

    The packs are asked directly instead of being plugged into synthesis, which knows only
    acknowledgements that also hold for everything below a construct, and none that are stale.
    """
    for pack in PACKS:
        for violation in pack(app).validate_scope(app).violations:
            for resource in violation.violating_resources:
                path = resource.construct_path or resource.resource_logical_id or ""
                stack = path.split("/")[0]
                yield Finding(
                    without_self(deployment.stable(stack, path)),
                    deployment.stable(stack, violation.rule_name),
                    violation.description,
                )
