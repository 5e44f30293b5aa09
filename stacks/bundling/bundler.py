"""Builds the folders that functions are deployed from: no Docker, no credentials, same bytes."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stacks.bundling.archive import archive
from stacks.bundling.bytecode import Compiler, NoCompilerError, compiler_for
from stacks.bundling.code import stage
from stacks.bundling.pins import Role, pins
from stacks.bundling.pruning import prune
from stacks.bundling.store import built_once, digest
from stacks.bundling.tools import uv, uv_version

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".build" / "bundles"
LAMBDA_PLATFORM, LAMBDA_PYTHON = "aarch64-manylinux_2_28", "3.14"


class MissingBytecodeWarning(UserWarning):
    """The bundle works, but its functions start slower: see the message for what is missing."""


@dataclass(frozen=True)
class Bundler:
    """Builds for one platform (as uv names it) and one Python, by default those of our functions.

    What is built stays in `cache`, named by a hash of every input.
    """

    platform: str = LAMBDA_PLATFORM
    python: str = LAMBDA_PYTHON
    cache: Path = CACHE
    root: Path = ROOT

    def bundle(self, role: Role) -> Path:
        """A layer's folder, with what the functions of this role import in `python/`.

        Raises BundleError if a package cannot be had for the platform. Warns if there is no
        compiler for the target's Python.
        """
        requirements = pins(self.root, role).read_bytes()
        compiler = self._compiler()
        key = digest(
            [
                requirements,
                uv_version().encode(),
                compiler.identity.encode() if compiler else b"",
                *(each.read_bytes() for each in _sources()),
            ]
        )

        def build(folder: Path) -> None:
            self._install(role, folder / "python")
            prune(folder / "python")
            if compiler:
                compiler.compile(folder / "python")

        return built_once(self.cache / f"{role}-{self.platform}-{self.python}-{key}", build)

    def archive(self, role: Role) -> Path:
        """The same as one zip file, as Lambda takes a layer. Raises and warns as `bundle` does."""
        return archive(self.bundle(role))

    def stage_code(self, rooms: Sequence[str], beside: Sequence[str] = ()) -> Path:
        """A function's own code: `lambdas/` with these rooms and all that they import, and more.

        `beside` names folders, as `sql/clean`. Raises BundleError if one of them is not there.
        """
        return stage(self.root, rooms, beside, self.cache)

    def _install(self, role: Role, target: Path) -> None:
        # Copies, since links would let the pruning and the fixed times reach into uv's cache.
        uv(
            "pip",
            "install",
            "--quiet",
            f"--python={sys.executable}",
            f"--target={target}",
            f"--python-platform={self.platform}",
            f"--python-version={self.python}",
            "--only-binary=:all:",
            "--no-deps",
            "--require-hashes",
            "--link-mode=copy",
            f"--requirements={pins(self.root, role)}",
        )

    def _compiler(self) -> Compiler | None:
        try:
            return compiler_for(self.python, self.cache)
        except NoCompilerError as reason:
            message = f"bundles without bytecode, so cold starts take longer: {reason}"
            warnings.warn(message, MissingBytecodeWarning, stacklevel=3)
            return None


def _sources() -> list[Path]:
    """Our own rules are an input too."""
    folder = Path(__file__).parent
    return sorted([*folder.glob("*.py"), *folder.glob("compiler/*")])
