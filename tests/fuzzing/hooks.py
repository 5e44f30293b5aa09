"""Brings requests to where they meet something: what schemas allow is much more than what there is.

Of ids, schemathesis would guess all up to 2^63, and of prices, those of many decimals.
"""

from __future__ import annotations

from typing import Any

import schemathesis

STOCKED = 3
"""Customers, vendors and items from 1 to this are there when the requests come."""

schemathesis.serializer.alias(
    ["application/csv", "application/x-ndjson", "application/jsonl"], "text/plain"
)


@schemathesis.hook
def map_path_parameters(_context: Any, parameters: dict[str, Any] | None) -> Any:
    return _near(parameters)


@schemathesis.hook
def map_query(_context: Any, query: dict[str, Any] | None) -> Any:
    return _near(query)


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    return _near(body)


def _near(value: Any, name: str = "") -> Any:
    """Ids that may be are brought down to those that are; what no id or price may be stays."""
    if isinstance(value, dict):
        return {key: _near(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_near(each) for each in value]
    if name.endswith("_id") and type(value) is int and STOCKED < value < 2**63:
        return value % STOCKED + 1
    return round(value, 2) if name.endswith("price") and isinstance(value, float) else value
