"""Synthesized templates as one deployment: resources by path, references as readable text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Template = dict[str, Any]
PATH = "aws:cdk:path"
SELF = ("/Resource", "/Default")
"""A construct's own resource: the path is clearer without."""
PATH_METADATA = {"aws:cdk:enable-path-metadata": True}
"""Context under which the CDK writes paths into templates, as its CLI always does."""


@dataclass(frozen=True)
class Resource:
    """`path` is the construct's, such as `MercadoLake/Bucket`: stable where logical ids are not.

    `properties` hold text wherever the template has references: see `Deployment.text`.
    """

    path: str
    type: str
    properties: dict[str, Any]
    deletion_policy: str


class Deployment:
    """All stacks of one synthesis, by name; templates synthesized with `PATH_METADATA`."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self._templates = templates
        self._paths = {
            (stack, name): _path(stack, name, each)
            for stack, template in templates.items()
            for name, each in template["Resources"].items()
        }
        self._exports = {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in templates.items()
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }

    @cached_property
    def resources(self) -> list[Resource]:
        """Every resource, by path."""
        found = [
            Resource(
                self._paths[stack, name],
                each["Type"],
                self._resolve(stack, each.get("Properties", {})),
                each.get("DeletionPolicy", "Delete"),
            )
            for stack, template in self._templates.items()
            for name, each in template["Resources"].items()
        ]
        return sorted(found, key=lambda each: each.path)

    def of_type(self, *kinds: str) -> list[Resource]:
        return [each for each in self.resources if each.type in kinds]

    def stable(self, stack: str, text: str) -> str:
        """Text that names logical ids and exports, with paths instead: for cdk-nag's findings."""
        names = {name: path for (owner, name), path in self._paths.items() if owner == stack}
        known = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        text = re.sub(rf"\b({known})\b", lambda found: names[found[1]], text) if known else text
        for name, (owner, value) in self._exports.items():
            text = text.replace(name, self.text(owner, value))
        return re.sub(r"<([^<>]+)\.Arn>", r"<\1>", text)

    def text(self, stack: str, value: Any) -> str:
        """A template's value as text.

        `<path>` stands for a resource, by name or by ARN; `<path.Attribute>` for an attribute,
        `${AWS::Region}` for what the account fills in, JSON for all other functions.
        """
        if isinstance(value, str):
            return value
        match value:
            case {"Ref": name}:
                found = self._reference(stack, name)
            case {"Fn::GetAtt": [name, "Arn"]}:
                found = self._reference(stack, name)
            case {"Fn::GetAtt": [name, attribute]}:
                found = f"<{self._paths[stack, name]}.{attribute}>"
            case {"Fn::ImportValue": str(name)} if name in self._exports:
                found = self.text(*self._exports[name])
            case {"Fn::Join": [separator, parts]}:
                found = str(separator).join(self.text(stack, part) for part in parts)
            case _:
                arguments = {name: self._resolve(stack, each) for name, each in value.items()}
                found = json.dumps(arguments, sort_keys=True)
        return found

    def _reference(self, stack: str, name: str) -> str:
        if name.startswith("AWS::"):
            return f"${{{name}}}"
        return f"<{self._paths.get((stack, name), name)}>"

    def _resolve(self, stack: str, value: Any) -> Any:
        """The same structure with all functions as text."""
        if isinstance(value, dict):
            if len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")):
                return self.text(stack, value)
            return {name: self._resolve(stack, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._resolve(stack, each) for each in value]
        return value


def _path(stack: str, name: str, resource: Template) -> str:
    path: str = resource.get("Metadata", {}).get(PATH, f"{stack}/{name}")
    return without_self(path)


def without_self(path: str) -> str:
    """`Stack/Bucket/Resource` as `Stack/Bucket`."""
    for suffix in SELF:
        path = path.removesuffix(suffix)
    return path


def listed(value: Any) -> list[Any]:
    """IAM and CloudFormation write one thing or a list of things."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def paths(text: str) -> Iterable[str]:
    """The resources that a text refers to."""
    return re.findall(r"<([^<>]+)>", text)
