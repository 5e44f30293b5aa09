"""Imports a function's module as a cold start does; every setting is there, whatever its name."""

from __future__ import annotations

import importlib
import sys

from lambdas.runtime import settings


def any_setting(name: str) -> str:
    assert name
    return "1"


settings.required = any_setting
handler = importlib.import_module(f"lambdas.{sys.argv[1]}")
assert callable(handler.handle)
