"""The CDK app: `cdk deploy --all`."""

from __future__ import annotations

from aws_cdk import App

from stacks.bundling import Bundler
from stacks.marketplace import Marketplace
from stacks.settings import Settings

app = App(stack_traces=False)  # they hold temporary paths: without, output is the same twice
Marketplace(app, Settings.from_context(app.node), Bundler())
app.synth()
