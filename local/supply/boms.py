"""Bills of materials (CycloneDX): what each bundle ships, and what deploys and develops it.

Made from the locks: name, version, hashes of every file, and the licence where it is installed
here. A bundle's names only what Lambda's platform takes.
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from local.supply.licences import UNKNOWN, licence
from local.supply.locks import BUNDLES, DEPLOYMENT, DEVELOPMENT, EMULATOR, entries
from stacks.bundling.bundler import LAMBDA_PYTHON
from stacks.bundling.tools import program, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from local.supply.locks import Lock

LAMBDA = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "aarch64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": f"{LAMBDA_PYTHON}.0",
    "python_version": LAMBDA_PYTHON,
    "sys_platform": "linux",
}
"""What markers ask of, where the bundles run."""
ANYWHERE: dict[str, str] = {}
PARTS: dict[str, tuple[Lock, Mapping[str, str]]] = {
    **{f"bundle-{role}": (lock, LAMBDA) for role, lock in BUNDLES.items()},
    "deployment": (DEPLOYMENT, ANYWHERE),
    "development": (DEVELOPMENT, ANYWHERE),
    "emulator": (EMULATOR, ANYWHERE),
}


class InvalidBomError(Exception):
    """A bill of materials is not as CycloneDX has it; the message says where."""


def write(root: Path, folder: Path, parts: Iterable[str] = PARTS) -> list[Path]:
    """`<part>.cdx.json` for each part, with this release's name and version. Same bytes each time.

    Raises BundleError if the tool fails, and InvalidBomError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(root, folder, part) for part in parts]


def _write(root: Path, folder: Path, part: str) -> Path:
    target, lines = folder / f"{part}.cdx.json", folder / f"{part}.txt"
    lock, environment = PARTS[part]
    lines.write_text("".join(_taken(root, lock, environment)))
    options = ("--spec-version=1.6", "--short-PURLs", "--output-reproducible", "--no-validate")
    about = (f"--pyproject={root / 'pyproject.toml'}", f"--output-file={target}")
    quiet = {"PYTHONWARNINGS": "ignore::UserWarning"}  # a lock does not tell who needs whom
    run([program("cyclonedx-py"), "requirements", str(lines), *options, *about], extra=quiet)
    lines.unlink()
    bom = json.loads(target.read_text())
    for component in bom["components"]:
        del component["description"]  # the line of the lock, with all its hashes once more
        component.update(_licence(component["name"]))
    text = json.dumps(bom, indent=2) + "\n"
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise InvalidBomError(f"{part}: {str(error)[:500]}")
    target.write_text(text)
    return target


def _taken(root: Path, lock: Lock, environment: Mapping[str, str]) -> list[str]:
    return [
        text
        for requirement, text in entries(root, lock)
        if not environment
        or requirement.marker is None
        or requirement.marker.evaluate(dict(environment))
    ]


def _licence(name: str) -> dict[str, Any]:
    try:
        found = licence(distribution(name).metadata)
    except PackageNotFoundError:
        return {}  # the emulator's, or of another platform
    return {} if found == UNKNOWN else {"licenses": [{"license": {"name": found}}]}
