"""A function ships the rooms that it imports and its SQL: a change elsewhere does not touch it."""

from pathlib import Path

import pytest

from stacks.bundling import BundleError, Bundler

FILES = {
    "lambdas/__init__.py": "",
    "lambdas/api/__init__.py": "",
    "lambdas/api/handler.py": "from lambdas.contracts.model import Contract\n",
    "lambdas/publish/__init__.py": "",
    "lambdas/publish/handler.py": "def handle():\n    import lambdas.lake.layout\n",
    "lambdas/lake/__init__.py": "",
    "lambdas/lake/layout.py": "from lambdas import contracts\n",
    "lambdas/contracts/__init__.py": "",
    "lambdas/contracts/model.py": "import json\n",
    "lambdas/contracts/__pycache__/model.cpython-311.pyc": "left over",
    "sql/warehouse/010_customer.sql": "select 1",
    "sql/warehouse/load/merge.sql": "select 2",
    "sql/clean/item.sql": "select 3",
}


@pytest.fixture
def bundler(tmp_path: Path) -> Bundler:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Bundler(root=tmp_path, cache=tmp_path / "cache")


def staged(folder: Path) -> set[str]:
    return {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}


def test_a_room_comes_with_the_rooms_that_it_imports_at_any_distance(bundler: Bundler) -> None:
    assert staged(bundler.stage_code(["publish"])) == {
        "lambdas/__init__.py",
        "lambdas/publish/__init__.py",
        "lambdas/publish/handler.py",
        "lambdas/lake/__init__.py",
        "lambdas/lake/layout.py",
        "lambdas/contracts/__init__.py",
        "lambdas/contracts/model.py",
    }


def test_only_the_named_folders_come_along(bundler: Bundler) -> None:
    code = staged(bundler.stage_code(["api"], ["sql/warehouse"]))
    assert {name for name in code if name.startswith("sql/")} == {
        "sql/warehouse/010_customer.sql",
        "sql/warehouse/load/merge.sql",
    }


def test_a_change_redeploys_those_that_ship_it_and_nobody_else(bundler: Bundler) -> None:
    api, publish = bundler.stage_code(["api"]), bundler.stage_code(["publish"])
    (bundler.root / "lambdas/api/handler.py").write_text("import lambdas.contracts.model\n")
    assert bundler.stage_code(["publish"]) == publish
    assert bundler.stage_code(["api"]) != api

    (bundler.root / "lambdas/contracts/model.py").write_text("import decimal\n")
    assert bundler.stage_code(["publish"]) != publish


@pytest.mark.parametrize(("rooms", "beside"), [(["nowhere"], []), (["api"], ["nowhere"])])
def test_a_room_or_folder_that_is_not_there_is_named(
    rooms: list[str], beside: list[str], bundler: Bundler
) -> None:
    with pytest.raises(BundleError, match="nowhere"):
        bundler.stage_code(rooms, beside)
