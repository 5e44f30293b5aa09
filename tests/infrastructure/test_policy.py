"""cdk-nag's packs are really asked: `make check` holds the stacks themselves to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from local import nag
from stacks.policy.deployment import PATH_METADATA, Deployment

if TYPE_CHECKING:
    from pathlib import Path


def test_findings_of_both_packs_name_the_construct_and_the_rule(tmp_path: Path) -> None:
    app = App(context=PATH_METADATA, outdir=str(tmp_path), analytics_reporting=False)
    stack = Stack(app, "Careless")
    s3.Bucket(stack, "Open")
    sqs.Queue(stack, "Lost")
    templates = {each.stack_name: each.template for each in app.synth().stacks}
    found = {each.key for each in nag.findings(app, Deployment(templates))}
    assert ("Careless/Open", "AwsSolutions-S10") in found
    assert ("Careless/Lost", "Serverless-SQSRedrivePolicy") in found
