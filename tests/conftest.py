"""What tests of several kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.engine import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    """One engine for all tests of the transforms: a connection is dearer than a test."""
    with connect(tmp_path_factory.mktemp("engine")) as opened:
        yield opened
