"""The JSON schema of mapping files: editors complete and check by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.clean.mapping.model import SourceMapping
from lambdas.contracts import CONTRACTS

if TYPE_CHECKING:
    from lambdas.contracts import Contract

FILE = Path(__file__).parents[2] / "docs" / "mapping.schema.json"
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
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def written() -> str:
    return json.dumps(described(), indent=1, ensure_ascii=False) + "\n"


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
