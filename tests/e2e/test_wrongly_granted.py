"""Nothing is granted to a function that no run uses, unless a reason stands for it.

The file's name puts it last: whatever the end-to-end tests do has been asked of the cloud by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import requests
from rich.console import Console

from local.emulator import ASKED
from local.logins import ADMIN, Login
from local.permissions import show, usage

if TYPE_CHECKING:
    from pathlib import Path

    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")


@pytest.fixture(scope="module")
def looked_at(pipeline: Pipeline) -> None:
    """The two ways of reading the shop's table that no other test here has a use for."""
    login = Login(pipeline.access, ADMIN)
    for path in (f"/transactions/{uuid4()}", "/inventory?category=1"):
        answer = requests.get(
            pipeline.access.api_url + path,
            auth=login,
            verify=pipeline.access.certificate,
            timeout=60,
        )
        assert answer.status_code in {200, 404}


@pytest.mark.usefixtures("looked_at")
def test_every_grant_that_nothing_has_used_has_a_reason_and_every_reason_a_grant(
    pipeline: Pipeline, clouds: Path
) -> None:
    found = usage(pipeline.access, clouds / "cloud" / ASKED)
    show(Console(width=160), found)
    assert not found.unexplained
    assert not found.idle
