"""Folders that are built once: named by the hash of their inputs, complete or not there at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ZIP_EPOCH = 315_532_800
"""1980-01-01 UTC in epoch seconds, the oldest time that a zip can hold."""


def digest(parts: Iterable[bytes]) -> str:
    """A hash of the parts and of where each ends, as 16 hexadecimal digits."""
    state = hashlib.sha256()
    for part in parts:
        state.update(len(part).to_bytes(8, "big") + part)
    return state.hexdigest()[:16]


def files_digest(root: Path, files: Iterable[Path]) -> str:
    """A hash of the files' contents and of their places under `root`."""
    ordered = sorted(files)
    return digest(
        part
        for each in ordered
        for part in (each.relative_to(root).as_posix().encode(), each.read_bytes())
    )


def built_once(folder: Path, build: Callable[[Path], None]) -> Path:
    """`folder`, which `build` has filled: now, or in an earlier call of any process.

    The name must hold a hash of all that `build` depends on. `build` fills a draft, which becomes
    the folder by one rename, so nobody sees a part of it; who comes second waits.
    """
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _exclusive(folder.parent / f".{folder.name}.lock"):
            if not folder.is_dir():
                _build(folder, build)
    return folder


def _build(folder: Path, build: Callable[[Path], None]) -> None:
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        draft = Path(scratch, folder.name)
        draft.mkdir()
        build(draft)
        _normalise(draft)
        draft.rename(folder)


def _normalise(folder: Path) -> None:
    """Modes and times do not depend on when, by whom and under which umask it was built."""
    for path in [*folder.rglob("*"), folder]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
            os.utime(path, (ZIP_EPOCH, ZIP_EPOCH))


@contextmanager
def _exclusive(lock: Path) -> Iterator[None]:
    """Held by one process (and one thread) at a time; the system frees it if its holder dies."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
