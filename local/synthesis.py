"""One synthesis for checks and tests: the product's stacks, without what takes time to build."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import App

from stacks.bundling import Bundler
from stacks.marketplace import Marketplace
from stacks.policy.deployment import PATH_METADATA

if TYPE_CHECKING:
    from stacks.settings import Settings

WHOLE: dict[str, Any] = {
    "warehouse": True,
    "pulls": "fischmarkt",
    "mail_domain": "in.example.org",
    "mail_sources": "kaufhaus-nord-mail",
}
"""Settings with which every stack is there: what is checked of templates is checked of all."""
ROOT = Path(__file__).parent.parent
Template = dict[str, Any]


class EmptyBundles(Bundler):
    """Layers without dependencies: what is in a bundle is another check's business."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def archive(self, role: str) -> Path:
        layer = self.folder / f"{role}.zip"
        with zipfile.ZipFile(layer, "w"):
            return layer


@dataclass(frozen=True)
class Synthesis:
    """The app, for what walks constructs, and its templates by stack name."""

    app: App
    templates: dict[str, Template]


def synthesize(settings: Settings, folder: Path) -> Synthesis:
    """Writes the cloud assembly into `folder/cdk`, with the paths of constructs in templates."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | PATH_METADATA
    app = App(context=context, outdir=str(folder / "cdk"), analytics_reporting=False)
    Marketplace(app, settings, EmptyBundles(folder))
    templates = {stack.stack_name: stack.template for stack in app.synth().stacks}
    return Synthesis(app, templates)
