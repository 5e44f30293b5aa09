"""Compiles all modules of a folder. Run as a script, by a Python of the target's version.

Arguments: the folder, what it will be called where it runs, and the tag (`cpython-314`) that the
compiled files must bear. Unchecked hashes: an import trusts them without a look at the source, and
no time of day is in them.
"""

import sys
from pathlib import Path
from py_compile import PycInvalidationMode, compile  # noqa: A004  # its name


def main(folder: str, name: str, tag: str) -> None:
    if sys.implementation.cache_tag != tag:
        sys.exit(f"this is {sys.implementation.cache_tag}, not {tag}")
    # One process and one order: how marshal shares objects depends on what it has seen before.
    for module in sorted(Path(folder).rglob("*.py")):
        compile(
            str(module),
            dfile=f"{name}/{module.relative_to(folder).as_posix()}",
            doraise=True,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
