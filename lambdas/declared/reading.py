"""A file's bytes -> YAML -> a model. Every fault is raised as the error class that is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from lambdas.declared.errors import DeclarationError

if TYPE_CHECKING:
    from pathlib import Path

M = TypeVar("M", bound=BaseModel)


class PlainLoader(yaml.SafeLoader):
    """YAML in which `yes`, `on` and `2026-01-01` are texts, and a key comes once."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # declared by its base
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag in {"tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"}
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise DeclarationError(f"{key} is said twice (line {node.start_mark.line + 1} ff.)")
        return super().construct_mapping(node, deep)


def text_of(path: Path, file: str, error: type[DeclarationError]) -> str:
    """`file` is what people call it."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise error(f"it is not UTF-8: {fault}", file) from fault


def parsed(text: str, error: type[DeclarationError]) -> Any:
    try:
        return yaml.load(text, Loader=PlainLoader)  # noqa: S506  # a SafeLoader
    except DeclarationError as fault:
        raise error(fault.fault) from fault
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise error(f"this is no YAML{where}: {fault.problem}") from fault
    except yaml.YAMLError as fault:
        raise error(f"this is no YAML: {fault}") from fault


def validated(model: type[M], said: Any, error: type[DeclarationError]) -> M:
    """Names the first fault by its place, and how many more there are."""
    try:
        return model.model_validate(said)
    except ValidationError as faults:
        first = faults.errors()[0]
        more = f" (and {faults.error_count() - 1} more)" if faults.error_count() > 1 else ""
        raise error(f"{_told(first)}{more}").at(*first["loc"]) from faults


def _told(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "there is no such setting"
    return f"{fault['msg']}, not {fault['input']!r}" if fault["type"] != "missing" else fault["msg"]
