"""The lock files as they are written, and a copy of them to change."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from local.supply.locks import LOCKS

if TYPE_CHECKING:
    from local.supply.locks import Lock

ROOT = Path(__file__).parents[1]
ENTRY = re.compile(
    r"^(?P<name>[a-z0-9.-]+(\[[a-z,]+\])?)==(?P<version>[\w.]+)(?P<marker> ; [\w.<>=!' ]+)? \\\n"
    r"(?P<hashes>( {4}--hash=sha256:[0-9a-f]{64}( \\)?\n)+)",
    re.MULTILINE,
)


def entries(root: Path, lock: Lock) -> dict[str, set[str]]:
    """Hashes by `name==version`."""
    return {
        f"{found['name']}=={found['version']}": set(re.findall("[0-9a-f]{64}", found["hashes"]))
        for found in ENTRY.finditer((root / lock.file).read_text())
    }


def copied_locks(folder: Path) -> Path:
    """The folder, with every lock and all that it is made from."""
    for lock in LOCKS:
        for name in (lock.source, lock.file):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    shutil.copy(ROOT / "lambdas/requirements/common.in", folder / "lambdas/requirements")
    return folder
