from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api_server import Api, serving
from tests.unit.ingest.rest.products import KINDS, Teehaus, Waits

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture(scope="module")
def _server() -> Iterator[Api]:
    with serving() as found:
        yield found


@pytest.fixture
def api(_server: Api) -> Api:
    _server.asked.clear()
    return _server


@pytest.fixture(params=KINDS)
def teehaus(request: pytest.FixtureRequest, api: Api, waits: Waits) -> Teehaus:
    """By each kind of pages."""
    return Teehaus(api, waits, *KINDS[request.param])


@pytest.fixture
def counted(api: Api, waits: Waits) -> Teehaus:
    return Teehaus(api, waits)
