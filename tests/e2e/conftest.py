"""One laptop cloud for all end-to-end tests: deployed by the real CDK CLI, IAM enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.cloud import Cloud
from local.pipeline import Pipeline
from local.progress import Progress
from tests.folders import postgres_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def clouds() -> Iterator[Path]:
    """Where the tests' cloud is, under the name of the one that `make cloud` starts."""
    with postgres_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def pipeline(clouds: Path) -> Iterator[Pipeline]:
    cloud = Cloud(clouds / "cloud", {"pulls": "fischmarkt,teehaus"})
    try:
        yield Pipeline(cloud.up(Progress()))
    finally:
        cloud.down()
