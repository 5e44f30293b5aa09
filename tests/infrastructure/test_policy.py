"""The stacks hold to cdk-nag's packs and our rules, and to what was reviewed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from local import check, nag
from local.supply.secrets import found
from stacks.policy import snapshot
from stacks.policy.deployment import PATH_METADATA, Deployment

if TYPE_CHECKING:
    from pathlib import Path

    from local.synthesis import Synthesis


def test_every_finding_is_acknowledged_and_every_acknowledgement_found(
    synthesis: Synthesis, deployment: Deployment
) -> None:
    assert check.policy(synthesis, deployment) == []


def test_permissions_and_exposure_are_those_that_were_reviewed(deployment: Deployment) -> None:
    assert not snapshot.differences(snapshot.render(deployment)), check.STALE


def test_no_template_holds_what_looks_like_a_secret(
    templates: dict[str, dict[str, Any]],
) -> None:
    assert [each for each in templates.values() if list(found(json.dumps(each)))] == []


def test_findings_of_both_packs_name_the_construct_and_the_rule(tmp_path: Path) -> None:
    app = App(context=PATH_METADATA, outdir=str(tmp_path), analytics_reporting=False)
    stack = Stack(app, "Careless")
    s3.Bucket(stack, "Open")
    sqs.Queue(stack, "Lost")
    templates = {each.stack_name: each.template for each in app.synth().stacks}
    keys = {each.key for each in nag.findings(app, Deployment(templates))}
    assert ("Careless/Open", "AwsSolutions-S10") in keys
    assert ("Careless/Lost", "Serverless-SQSRedrivePolicy") in keys
