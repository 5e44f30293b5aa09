"""Records of a source as the statements of its mapping read them: NDJSON, every leaf a text."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"), sort_keys=True
)


def staged(record: int, fields: Mapping[str, Any]) -> bytes:
    """One line for the view `source`.

    The engine reads JSON's numbers as doubles, so they become texts; keys are sorted, so that
    records that say the same are the same bytes. Raises UnicodeEncodeError for a lone surrogate.
    """
    line = {"fields": {name: _text(value) for name, value in fields.items()}, "record": record}
    return ENCODER.encode(line).encode() + b"\n"


def _text(value: Any) -> Any:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return str(value)
        case dict():
            return {name: _text(member) for name, member in value.items()}
        case list():
            return [_text(member) for member in value]
        case _:
            return str(value)
