"""Pages that tell of the deployment tell of the one that is synthesized."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent.parent / "docs"
Templates = dict[str, dict[str, Any]]
TRIGGERS = {
    "AWS::Lambda::EventSourceMapping",
    "AWS::Events::Rule",
    "AWS::ApiGatewayV2::Integration",
}


def test_the_first_picture_of_concepts_shows_every_function_that_an_event_calls(
    templates: Templates,
) -> None:
    called = {
        name
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] in TRIGGERS
        for name in re.findall(r'"Functions([A-Z][a-z]+)[0-9A-F]{8}"', json.dumps(resource))
    }
    picture, _, _ = (DOCS / "concepts.md").read_text().partition("## Zones")
    assert set(re.findall(r'--> ?(?:\|\w+\| )?([A-Z]\w+)\["', picture)) == called


def test_the_table_of_stacks_names_all(templates: Templates) -> None:
    _, _, section = (DOCS / "deploy.md").read_text().partition("| stack | holds |")
    rows, _, _ = section.partition("\n\n")
    named = {f"Mercado{name}" for name in re.findall(r"^\| ([A-Z]\w+) \|", rows, re.MULTILINE)}
    assert named == set(templates)
