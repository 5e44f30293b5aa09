"""The functions' own code: the rooms that one function imports, and what lies beside them."""

from __future__ import annotations

import ast
import shutil
from typing import TYPE_CHECKING

from stacks.bundling.store import built_once, files_digest
from stacks.bundling.tools import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

PACKAGE = "lambdas"


def stage(root: Path, rooms: Sequence[str], beside: Sequence[str], cache: Path) -> Path:
    """A folder with the rooms, all rooms that these import, and folders beside `lambdas/`.

    Its name follows from its content, so a change in one room redeploys only the functions that
    import it. Raises BundleError if a room or a folder is not there.
    """
    files = [root / PACKAGE / "__init__.py"]
    for room in sorted(imported(root, rooms)):
        files += _files(root / PACKAGE / room)
    for name in sorted(set(beside)):
        files += _files(root / name)

    def copy(folder: Path) -> None:
        for each in files:
            target = folder / each.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(each, target)

    return built_once(cache / f"code-{'-'.join(rooms)}-{files_digest(root, files)}", copy)


def imported(root: Path, rooms: Iterable[str]) -> set[str]:
    """The rooms and, at any distance, those that they import."""
    known: set[str] = set()
    waiting = set(rooms)
    while waiting:
        room = waiting.pop()
        known.add(room)
        for file in _files(root / PACKAGE / room):
            if file.suffix == ".py":
                waiting |= set(_rooms_named(file)) - known
    return known


def _rooms_named(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            package, _, rest = module.partition(".")
            if package == PACKAGE and rest:
                yield rest.partition(".")[0]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise BundleError(f"there is no folder {folder.parent.name}/{folder.name}")
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__" and not path.name.startswith(".")
    ]
