"""Cleaning as tests ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.clean import origin
from lambdas.clean.captured.transform import Cleaned, clean
from lambdas.clean.mapping import Mappings, load
from tests.fakes import FakeLake
from tests.source_objects import MAPPING
from tests.stream import raw_object

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duckdb import DuckDBPyConnection


@pytest.fixture
def cleaned(connection: DuckDBPyConnection, tmp_path: Path) -> Callable[..., Cleaned]:
    """Cleans one raw object made of the given records or lines."""
    return lambda *lines: clean(connection, raw_object(*lines), tmp_path)


@pytest.fixture
def nord(monkeypatch: pytest.MonkeyPatch) -> None:
    """One source, and nothing that ships."""
    mappings = Mappings([load(MAPPING, "nord")])
    monkeypatch.setattr(origin, "mappings", lambda: mappings)


@pytest.fixture
def lake() -> FakeLake:
    return FakeLake()
