"""One laptop cloud for all end-to-end tests: deployed by the real CDK CLI, IAM enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.cloud import Cloud
from local.pipeline import Pipeline
from local.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    cloud = Cloud(tmp_path_factory.mktemp("cloud") / "e2e")
    try:
        yield Pipeline(cloud.up(Progress()))
    finally:
        cloud.down()
