"""A function's environment as a typed model: a missing variable fails the cold start, by name."""

from __future__ import annotations

import os
from dataclasses import dataclass


class MissingSettingError(Exception):
    """An environment variable that the function needs is not set."""


def required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise MissingSettingError(f"environment variable {name} is not set")
    return value


@dataclass(frozen=True)
class LakeSettings:
    """What every step of the promotion needs."""

    bucket: str

    @classmethod
    def from_environment(cls) -> LakeSettings:
        return cls(bucket=required("LAKE_BUCKET"))
