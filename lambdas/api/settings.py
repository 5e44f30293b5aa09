"""The API's environment as a typed model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

from lambdas.runtime.settings import required

PRICE_CHECKS = {"enforced": True, "off": False}
AUTH = {"on": True, "off": False}


class InvalidSettingError(Exception):
    """An environment variable has a value that the function cannot use."""


@dataclass(frozen=True)
class ApiSettings:
    """`prices_enforced` off is for clients of the old platform, which invent prices and vendors.

    So is `identified` off: they do not say who they are, and everybody may do everything.
    """

    table_name: str
    prices_enforced: bool
    idempotency: timedelta
    lake_bucket: str
    imports_kept: timedelta
    identified: bool = True

    @classmethod
    def from_environment(cls) -> ApiSettings:
        return cls(
            table_name=required("TABLE_NAME"),
            prices_enforced=_choice("PRICE_CHECK", "enforced", PRICE_CHECKS),
            idempotency=timedelta(hours=_whole("IDEMPOTENCY_HOURS", "24")),
            lake_bucket=required("LAKE_BUCKET"),
            imports_kept=timedelta(days=_whole("IMPORTS_DAYS", "90")),
            identified=_choice("AUTH", "on", AUTH),
        )


def _choice(name: str, usual: str, choices: dict[str, bool]) -> bool:
    value = os.environ.get(name, usual)
    if value not in choices:
        raise InvalidSettingError(f"{name} is {value!r}, not one of {list(choices)}")
    return choices[value]


def _whole(name: str, otherwise: str) -> int:
    value = os.environ.get(name, otherwise)
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise InvalidSettingError(f"{name} is {value!r}, not a whole number from 1")
    return int(value)
