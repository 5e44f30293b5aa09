"""A folder as one zip: the CDK takes it as it is, and neither copies nor packs the files again."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from stacks.bundling.store import built_once

if TYPE_CHECKING:
    from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
FILE_MODE = 0o100644 << 16
FAST = 1
"""zlib's level: a bundle's shared libraries gain little from more."""


def archive(folder: Path) -> Path:
    """The zip of a finished folder, beside it: the same bytes for the same content."""

    def pack(target: Path) -> None:
        with zipfile.ZipFile(target / "layer.zip", "w") as packed:
            for path in sorted(each for each in folder.rglob("*") if each.is_file()):
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
                entry.external_attr = FILE_MODE
                packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, FAST)

    return built_once(folder.with_name(f"zip-{folder.name}"), pack) / "layer.zip"
