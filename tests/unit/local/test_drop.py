"""What is dropped goes where its mapping has it arrive, and is refused before that if it cannot."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

import pytest

from local.drop import drop
from local.operate import OperateError
from tests.mappings import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from local.deployment import Deployment

NOWHERE = cast("Deployment", None)


def say(_: str) -> None:
    """To nobody."""


def test_a_dry_run_names_the_objects_that_would_be_put(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "dt=2026-03-17").mkdir()
    (tmp_path / "dt=2026-03-17" / "c.csv").write_text("x")
    (tmp_path / ".DS_Store").write_text("x")
    told = drop(NOWHERE, say, source="kaufhaus-nord", file=str(tmp_path), dry_run=True)
    names = ["a.csv", "b.csv", "dt=2026-03-17/c.csv"]
    assert told["objects"] == [f"raw/kaufhaus-nord/{name}" for name in names]


@pytest.mark.parametrize("name", [b"caf\xe9.csv", "/".join(["ü" * 100] * 6).encode()])
def test_a_name_that_can_be_no_key_is_told_before_anything_is_put(
    tmp_path: Path, name: bytes
) -> None:
    path = tmp_path / os.fsdecode(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    (tmp_path / "a.csv").write_text("x")
    with pytest.raises(OperateError, match="a name has to be UTF-8"):
        drop(NOWHERE, say, source="kaufhaus-nord", file=str(tmp_path), dry_run=True)


@pytest.mark.parametrize("source", ["kaufhaus", None])
def test_a_source_without_a_mapping_is_refused_with_those_that_have_one(source: str | None) -> None:
    with pytest.raises(OperateError, match=r"SOURCE is one of .*hafenladen, .*kaufhaus-nord"):
        drop(NOWHERE, say, source=source, file=str(SAMPLES / "kaufhaus-nord.csv"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperateError, match=r"no\.csv is none"):
        drop(NOWHERE, say, source="kaufhaus-nord", file=str(tmp_path / "no.csv"))
    with pytest.raises(OperateError, match="nothing is none"):
        drop(NOWHERE, say, source="kaufhaus-nord")
    with pytest.raises(OperateError, match="there is no file in"):
        drop(NOWHERE, say, source="kaufhaus-nord", file=str(tmp_path))
