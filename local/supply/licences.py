"""Under which licence each locked package comes, by its own metadata: permissive, or with a reason.

Names are SPDX's where the metadata allows. What ships must be permissive without exception.
"""

from __future__ import annotations

import re
from importlib.metadata import distribution
from typing import TYPE_CHECKING

from local.supply.locks import DEVELOPMENT, entries
from stacks.policy.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import PackageMetadata
    from pathlib import Path

PERMISSIVE = frozenset(
    {
        *("MIT", "MIT-0", "0BSD", "BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib"),
        *("Apache-2.0", "PSF-2.0", "CNRI-Python", "CC0-1.0"),
    }
)
CLASSIFIERS = {
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
EXPRESSION = re.compile(r"[\w.+-]+( (AND|OR) [\w.+-]+)*")
UNKNOWN = "unknown"


def findings(root: Path) -> list[Finding]:
    """Locked packages whose licence is not permissive, or not told."""
    return [
        Finding(f"pkg:pypi/{name}", f"licence[{licence}]", f"{name} is under {licence}")
        for name, licence in licences(root)
        if not is_permissive(licence)
    ]


def licences(root: Path) -> Iterator[tuple[str, str]]:
    """Of all packages that are locked for this platform: the tests and checks have them installed.

    Raises PackageNotFoundError if one is not.
    """
    for each, _ in entries(root, DEVELOPMENT):
        if each.marker is None or each.marker.evaluate():
            yield each.name, licence(distribution(each.name).metadata)


def licence(metadata: PackageMetadata) -> str:
    """The expression that the metadata have; else what the classifiers say; else the old field."""
    if expression := metadata["License-Expression"]:
        return str(expression)
    classifiers = metadata.get_all("Classifier", [])
    ends = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")]
    known = [CLASSIFIERS[each] for each in ends if each in CLASSIFIERS]
    if known:
        return " AND ".join(known)
    said = str(metadata["License"] or "")
    return said if EXPRESSION.fullmatch(said) else UNKNOWN


def is_permissive(licence: str) -> bool:
    """Strictly: all that an expression names must be."""
    return set(re.split(" (?:AND|OR) ", licence)) <= PERMISSIVE
