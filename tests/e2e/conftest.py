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


@pytest.fixture(scope="session")
def pipeline() -> Iterator[Pipeline]:
    with postgres_folder() as folder:
        cloud = Cloud(folder / "cloud")
        try:
            yield Pipeline(cloud.up(Progress()))
        finally:
            cloud.down()
