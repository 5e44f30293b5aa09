"""One engine for the whole room's tests: a connection is dearer than a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.clean.transform import Cleaned, clean
from lambdas.engine import connect
from tests.stream import raw_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    with connect(tmp_path_factory.mktemp("engine")) as opened:
        yield opened


@pytest.fixture
def cleaned(connection: DuckDBPyConnection, tmp_path: Path) -> Callable[..., Cleaned]:
    """Cleans one raw object made of the given records or lines."""
    return lambda *lines: clean(connection, raw_object(*lines), tmp_path)
