"""Which version of everything a bundle holds: `lambdas/requirements/<role>.in` -> `<role>.txt`.

One file serves every platform and every Python from 3.11, by environment markers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from stacks.bundling.tools import uv

if TYPE_CHECKING:
    from pathlib import Path

Role = Literal["api", "transform", "lake"]
ROLES: tuple[Role, ...] = get_args(Role)
REQUIREMENTS = "lambdas/requirements"

SDK = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3")
"""In Lambda's Python runtime: the SDK, and what it is made of."""
UNDER_SDK = ("python-dateutil", "six")
"""Also there, since botocore imports them; but pandas needs them too, so lake brings its own."""
UNUSED = ("setuptools",)
"""awswrangler declares it, and imports it nowhere."""
LEFT_OUT: dict[Role, tuple[str, ...]] = {
    "api": SDK + UNDER_SDK,
    "transform": SDK + UNDER_SDK,
    "lake": SDK + UNUSED,
}


def pins(root: Path, role: Role) -> Path:
    return root / REQUIREMENTS / f"{role}.txt"


def compile_pins(root: Path, *, upgrade: bool = False) -> None:
    """Writes every `<role>.txt`; versions pinned so far stay, unless a `.in` file forbids them."""
    for role in ROLES:
        left_out = [word for name in LEFT_OUT[role] for word in ("--no-emit-package", name)]
        uv(
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--python-version=3.11",
            "--custom-compile-command=python -m stacks.bundling",
            f"--output-file={REQUIREMENTS}/{role}.txt",
            *left_out,
            *(["--upgrade"] if upgrade else []),
            f"{REQUIREMENTS}/{role}.in",
            cwd=root,
        )
        written = pins(root, role)
        written.write_text(written.read_text().rstrip() + "\n")  # uv ends without a line's end
