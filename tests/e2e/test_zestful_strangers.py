"""Requests that schemathesis makes up, to the API as it is deployed: gateway, function and table.

The file's name puts it behind all others: what it registers and buys is in nobody else's sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.logins import ADMIN, token
from tests.fuzzing.run import fuzz

if TYPE_CHECKING:
    from pathlib import Path

    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")


def test_no_request_breaks_the_deployed_api_or_its_document(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    access = pipeline.access
    bounds = ("--phases=fuzzing,stateful", "--max-examples=2", "--max-time=30")
    login = token(access, ADMIN)
    fuzz(access.api_url, login, tmp_path, f"--tls-verify={access.certificate}", *bounds)
