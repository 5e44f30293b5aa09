"""What a bundle does without: nothing here is read when a function runs."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = frozenset(
    {
        "tests",  # half of pandas' and numpy's modules
        "include",  # C++ headers of pyarrow and numpy
        "includes",  # Cython headers of pyarrow
        "_pyinstaller",
        "f2py",  # Fortran compiling; numpy imports it on demand only
    }
)
TOP_FOLDERS = re.compile(r"bin|.*-stubs")
SUFFIXES = frozenset(
    {".pyi", ".pyx", ".pxd", ".pxi", ".h", ".hpp", ".c", ".cc", ".a", ".pth", ".pyc"}
)
FILES = frozenset({"conftest.py", "py.typed"})
INSTALLER_NOTES = frozenset(
    {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}
)
"""What an installer writes into *.dist-info: local paths and times, which would change the hash."""

FLIGHT = re.compile(r"libarrow_flight\..*|libarrow_python_flight\..*|_flight\..*|flight\.py")
"""Arrow's RPC: a tenth of the bundle, and nothing else links it."""
CPP_TESTS = re.compile(r"_pyarrow_cpp_tests\..*")
DOUBLED = re.compile(r"libarrow_python.*\.so(\.\d+\.\d+\.\d+)?")
"""A wheel holds no symbolic links, so each library is there thrice; only `.so.<abi>` is loaded."""


def needless(path: PurePosixPath) -> bool:
    """Whether a file of a bundle may go; `path` is relative to the bundle's `python` folder.

    libarrow_substrait stays, although nobody calls it: the other libraries link it. A `*.libs`
    folder stays as it is: its libraries are found by offsets that auditwheel wrote into them.
    """
    package, *folders = path.parts[:-1] or ("",)
    if package.endswith(".libs"):
        return False
    if package.endswith(".dist-info") and path.name in INSTALLER_NOTES:
        return True
    if package == "pyarrow" and any(
        rule.fullmatch(path.name) for rule in (FLIGHT, CPP_TESTS, DOUBLED)
    ):
        return True
    return (
        TOP_FOLDERS.fullmatch(package) is not None
        or not FOLDERS.isdisjoint(folders)
        or path.suffix in SUFFIXES
        or path.name in FILES
    )


def prune(folder: Path) -> None:
    """Removes what is needless, and the folders that this empties."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif needless(PurePosixPath(path.relative_to(folder).as_posix())):
            path.unlink()
