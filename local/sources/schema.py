"""The JSON schemas of mapping and pull files: editors complete and check by them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.clean.mapping.model import SourceMapping
from lambdas.contracts import CONTRACTS
from lambdas.ingest.pulls import Pull
from lambdas.ingest.pulls.model import KINDS

if TYPE_CHECKING:
    from lambdas.contracts import Contract

DOCS = Path(__file__).parents[2] / "docs"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
LINE = "# yaml-language-server: $schema=../docs/mapping.schema.json"
"""The first line of a mapping, by which editors find it."""


def described() -> dict[str, Any]:
    """The model's schema, with the contracts' entities and columns by name."""
    schema = SourceMapping.model_json_schema()
    del schema["properties"]["name"]
    schema["required"] = ["entities"]
    field = schema["$defs"]["EntityMapping"]["properties"]["columns"]["additionalProperties"]
    schema["properties"]["entities"] = {
        "type": "object",
        "description": SourceMapping.model_fields["entities"].description,
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {each.entity: _entity(each, field) for each in CONTRACTS},
    }
    return {"$schema": DIALECT, **schema}


def pulls() -> dict[str, Any]:
    schema = Pull.model_json_schema()
    del schema["properties"]["name"]
    schema["required"] = [name for name in schema.get("required", []) if name != "name"]
    schema["oneOf"] = [{"required": [kind]} for kind in KINDS]
    return {"$schema": DIALECT, **schema}


def files() -> dict[Path, str]:
    """What each of them has to hold."""
    schemas = {"mapping": described(), "pull": pulls()}
    return {
        DOCS / f"{name}.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }


def _entity(contract: Contract, field: dict[str, Any]) -> dict[str, Any]:
    columns = {
        column.name: {"description": column.description, "allOf": [field]}
        for column in contract.columns
    }
    return {
        "description": contract.description,
        "allOf": [{"$ref": "#/$defs/EntityMapping"}],
        "properties": {
            "columns": {"type": "object", "properties": columns, "additionalProperties": False}
        },
    }
