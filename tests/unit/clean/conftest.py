"""Cleaning as tests ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.clean.transform import Cleaned, clean
from tests.stream import raw_object

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duckdb import DuckDBPyConnection


@pytest.fixture
def cleaned(connection: DuckDBPyConnection, tmp_path: Path) -> Callable[..., Cleaned]:
    """Cleans one raw object made of the given records or lines."""
    return lambda *lines: clean(connection, raw_object(*lines), tmp_path)
