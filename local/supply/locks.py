"""Lock files: of all that is installed, the version and the hash of every file on PyPI.

People write `<name>.in`, direct dependencies with why; uv resolves them to `<name>.txt`, one file
for every platform and every Python from 3.11. All versions are resolved once, for development; the
other locks are parts of that one, so that what ships is what was tested. The emulator stands
apart: its venv holds none of our dependencies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from stacks.bundling.pins import LEFT_OUT, REQUIREMENTS, ROLES
from stacks.bundling.store import digest
from stacks.bundling.tools import uv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLDEST_PYTHON = "3.11"
INCLUDED = re.compile(r"^(?:-r|-c) (\S+)$", re.MULTILINE)
ENTRY = re.compile(r"^[a-z0-9].*\\\n(?: +--hash=.*\n)+", re.MULTILINE)
HEADER = """\
# Made from {source} by `make lock`; not to be edited.
# Digest of this and of what it is made from: {digest}
"""
HEADER_LINES = HEADER.count("\n")


@dataclass(frozen=True)
class Lock:
    """`name` is the path of its files without their endings.

    What is `left_out` is resolved, but not installed. `within` is a lock that has the versions.
    """

    name: str
    left_out: tuple[str, ...] = ()
    within: str | None = None

    @property
    def source(self) -> str:
        return f"{self.name}.in"

    @property
    def file(self) -> str:
        return f"{self.name}.txt"


DEVELOPMENT = Lock("requirements-dev")
DEPLOYMENT = Lock("requirements", within=DEVELOPMENT.file)
BUNDLES = {role: Lock(f"{REQUIREMENTS}/{role}", LEFT_OUT[role], DEVELOPMENT.file) for role in ROLES}
EMULATOR = Lock("local/emulator-requirements")
LOCKS = (DEVELOPMENT, DEPLOYMENT, *BUNDLES.values(), EMULATOR)
"""In the order in which they are made."""


def renew(root: Path, *, upgrade: bool = False) -> None:
    """Writes all of them. Versions stay, unless a `.in` file forbids them or with `upgrade`.

    Asks the package index; raises BundleError with uv's words if there is no solution.
    """
    for lock in LOCKS:
        _compile(root, lock, upgrade=upgrade)
        body = (root / lock.file).read_text().rstrip() + "\n"  # uv ends without a line's end
        header = HEADER.format(source=lock.source, digest=_digest(root, lock, body))
        (root / lock.file).write_text(header + body)


def stale(root: Path) -> list[str]:
    """Locks that are not what was made from their inputs, in sentences. Asks no package index."""
    return [
        f"{lock.file} was not made from {lock.source} as it is: `make lock`"
        for lock in LOCKS
        if not _holds(root, lock)
    ]


def entries(root: Path, lock: Lock) -> list[tuple[Requirement, str]]:
    """What a lock names, each with the marker of the platforms that it is for, and its lines."""
    return [
        (Requirement(found[0].partition(" \\")[0]), found[0])
        for found in ENTRY.finditer((root / lock.file).read_text())
    ]


def _compile(root: Path, lock: Lock, *, upgrade: bool) -> None:
    uv(
        "pip",
        "compile",
        "--quiet",
        "--universal",
        f"--python-version={OLDEST_PYTHON}",
        "--generate-hashes",
        "--no-header",
        "--no-emit-index-url",
        f"--output-file={lock.file}",
        *(["--constraints", lock.within] if lock.within else []),
        *(word for name in lock.left_out for word in ("--no-emit-package", name)),
        *(["--upgrade"] if upgrade else []),
        lock.source,
        cwd=root,
    )


def _holds(root: Path, lock: Lock) -> bool:
    if not (root / lock.file).exists():
        return False
    lines = (root / lock.file).read_text().splitlines(keepends=True)
    header, body = "".join(lines[:HEADER_LINES]), "".join(lines[HEADER_LINES:])
    made = header == HEADER.format(source=lock.source, digest=_digest(root, lock, body))
    return made and (lock.within is None or _pins(root / lock.file) <= _pins(root / lock.within))


def _pins(path: Path) -> set[str]:
    """`name==version`, without markers; none if there is no such file."""
    return (
        set(re.findall(r"^[a-z0-9]\S+", path.read_text(), re.MULTILINE)) if path.exists() else set()
    )


def _digest(root: Path, lock: Lock, body: str) -> str:
    parts = [repr(lock), *(path.read_text() for path in _inputs(root / lock.source)), body]
    return digest(each.encode() for each in parts)


def _inputs(source: Path) -> Iterator[Path]:
    """The file, and those that it includes, at any distance."""
    yield source
    for name in INCLUDED.findall(source.read_text()):
        yield from _inputs(source.parent / name)
