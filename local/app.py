"""The CDK app for the laptop: the product's stacks, and all that differs outside the product.

Bundles are built for this machine; each function is told the laptop's certificate and where the
warehouse stand-in listens; the deploy uses the caller's own credentials.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import jsii
from aws_cdk import App, Aspects, CliCredentialsStackSynthesizer, IAspect
from aws_cdk import aws_lambda as lambda_

from local.access import ACCOUNT, FUNCTION_VARIABLES, SETTINGS
from local.people import SIGN_IN_PATH
from stacks.bundling import Bundler
from stacks.marketplace import Marketplace
from stacks.settings import Settings

if TYPE_CHECKING:
    from constructs import IConstruct

ROOT = Path(__file__).parent.parent
PEOPLE = f"arn:aws:iam::{ACCOUNT}:role{SIGN_IN_PATH}*,arn:aws:iam::{ACCOUNT}:user/*"
LAPTOP = {
    "stage": "development",
    "warehouse": True,
    "map_concurrency": 2,
    "runs_at_once": 1,
    "batching_seconds": 1,
    **dict.fromkeys(("engineers", "scientists", "analysts"), PEOPLE),
}
PLATFORMS = {
    ("Linux", "x86_64"): "x86_64-manylinux_2_28",
    ("Linux", "aarch64"): "aarch64-manylinux_2_28",
    ("Darwin", "arm64"): "aarch64-apple-darwin",
    ("Darwin", "x86_64"): "x86_64-apple-darwin",
}


@jsii.implements(IAspect)
class FunctionVariables:
    """Adds environment variables to every function."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, lambda_.Function):
            for name, value in self.variables.items():
                node.add_environment(name, value)


def laptop_bundler() -> Bundler:
    """Bundles for this machine, since the emulator runs functions under its own Python."""
    machine = (platform.system(), platform.machine())
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Bundler(platform=PLATFORMS[machine], python=python)


def main() -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    settings = Settings(**{**LAPTOP, **json.loads(os.environ.get(SETTINGS, "{}"))})
    app = App(
        context=context,
        default_stack_synthesizer=CliCredentialsStackSynthesizer(),
        analytics_reporting=False,
    )
    Marketplace(app, settings, laptop_bundler())
    Aspects.of(app).add(FunctionVariables(json.loads(os.environ[FUNCTION_VARIABLES])))
    app.synth()


if __name__ == "__main__":
    main()
