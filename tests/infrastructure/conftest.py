"""One synthesis a session: it takes seconds, and templates are only read."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App

from stacks.bundling import Bundler
from stacks.marketplace import Marketplace
from stacks.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent
Template = dict[str, Any]


class EmptyBundles(Bundler):
    """Layers without dependencies: what is in a bundle is another test's business."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def archive(self, role: str) -> Path:
        layer = self.folder / f"{role}.zip"
        with zipfile.ZipFile(layer, "w"):
            return layer


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Template]]:
    """Templates by stack name for given settings."""
    bundles = tmp_path_factory.mktemp("bundles")

    def templates(**settings: Any) -> dict[str, Template]:
        folder = tmp_path_factory.mktemp("cdk")
        context = json.loads((ROOT / "cdk.json").read_text())["context"]
        app = App(context=context, outdir=str(folder), analytics_reporting=False)
        Marketplace(app, Settings(**settings), EmptyBundles(bundles))
        assembly = app.synth()
        return {stack.stack_name: stack.template for stack in assembly.stacks}

    return templates


@pytest.fixture(scope="session")
def templates(synthesize: Callable[..., dict[str, Template]]) -> dict[str, Template]:
    """The default deployment with the warehouse."""
    return synthesize(warehouse=True)


@pytest.fixture(scope="session")
def resources(templates: dict[str, Template]) -> dict[str, dict[str, Any]]:
    """All resources of all stacks by `stack/logical id`."""
    return {
        f"{stack}/{name}": resource
        for stack, template in templates.items()
        for name, resource in template["Resources"].items()
    }
