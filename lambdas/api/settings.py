"""The API's environment as a typed model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

from lambdas.runtime.settings import required

PRICE_CHECKS = {"enforced": True, "off": False}


class InvalidSettingError(Exception):
    """An environment variable has a value that the function cannot use."""


@dataclass(frozen=True)
class ApiSettings:
    """`prices_enforced` off is for clients of the old platform, which invent prices and vendors."""

    table_name: str
    prices_enforced: bool
    idempotency: timedelta

    @classmethod
    def from_environment(cls) -> ApiSettings:
        return cls(
            table_name=required("TABLE_NAME"),
            prices_enforced=_price_check(os.environ.get("PRICE_CHECK", "enforced")),
            idempotency=_hours(os.environ.get("IDEMPOTENCY_HOURS", "24")),
        )


def _price_check(value: str) -> bool:
    if value not in PRICE_CHECKS:
        raise InvalidSettingError(f"PRICE_CHECK is {value!r}, not one of {list(PRICE_CHECKS)}")
    return PRICE_CHECKS[value]


def _hours(value: str) -> timedelta:
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise InvalidSettingError(f"IDEMPOTENCY_HOURS is {value!r}, not a number of hours from 1")
    return timedelta(hours=int(value))
