"""How things are spelt in a pull file."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DURATION = re.compile(r"(\d{1,6})([smhd])")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _listed(value: Any) -> Any:
    """One name stands for a list of one."""
    return [value] if isinstance(value, str) else value


def _duration(value: Any) -> Any:
    found = DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a time is as 30s, 5m, 2h or 1d")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


Name = Annotated[str, Field(min_length=1)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=64)]
"""What stands in keys of the lake: small letters, digits, hyphens and underscores."""
Names = Annotated[
    tuple[Name, ...],
    BeforeValidator(_listed, json_schema_input_type=Name | tuple[Name, ...]),
    Field(min_length=1),
]
Duration = Annotated[timedelta, BeforeValidator(_duration, json_schema_input_type=str)]
Secret = Annotated[str, Field(pattern=r"^[A-Za-z0-9/_+=.@-]+$", max_length=500)]
"""A secret's name, as Secrets Manager takes it; it may not end as its ARNs do."""
