"""A laptop cloud's warehouse goes away and comes back with its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.access import Access
from local.cloud import ACCESS, Cloud
from local.deployment import NoCloudError
from local.processes import ServerError, free_port, listening
from local.queries import ask
from tests.folders import postgres_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder() -> Iterator[Path]:
    with postgres_folder() as folder:
        yield folder


@pytest.fixture
def cloud(folder: Path) -> Iterator[Cloud]:
    """A cloud of which only the warehouse runs."""
    here = "http://127.0.0.1"
    access = Access(here, warehouse=f"{here}:{free_port()}", certificate="none", outputs={})
    access.write(folder / ACCESS)
    cloud = Cloud(folder)
    cloud.start_warehouse()
    yield cloud
    cloud.down()


def port_of(cloud: Cloud) -> int:
    return int(cloud.access.warehouse.rpartition(":")[2])


def run(cloud: Cloud, sql: str) -> Any:
    return ask(cloud.access, "warehouse", sql)


def test_what_was_committed_is_there_when_the_warehouse_is_back(cloud: Cloud) -> None:
    run(cloud, "CREATE TABLE kept (n INTEGER)")
    run(cloud, "INSERT INTO kept VALUES (7)")
    with pytest.raises(ServerError, match="not away"):
        cloud.start_warehouse()
    cloud.stop_warehouse()
    cloud.stop_warehouse()  # again is harmless
    assert not listening(port_of(cloud))
    cloud.start_warehouse()
    assert run(cloud, "SELECT n FROM kept").rows == [("7",)]


def test_where_there_is_no_cloud_there_is_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(NoCloudError):
        Cloud(tmp_path / "nowhere").stop_warehouse()
