"""Which version of everything a bundle holds: `lambdas/requirements/<role>.txt`.

These are lock files, made from `<role>.in` by `make lock`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from pathlib import Path

Role = Literal["api", "transform", "lake", "ingest"]
ROLES: tuple[Role, ...] = get_args(Role)
REQUIREMENTS = "lambdas/requirements"

SDK = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3")
"""In Lambda's Python runtime: the SDK, and what it is made of."""
HTTP = "urllib3"
"""Of the SDK, but ingest brings its own: the runtime's may be older than what it is tested with."""
UNDER_SDK = ("python-dateutil", "six")
"""Also there, since botocore imports them; but pandas needs them too, so lake brings its own."""
UNUSED = ("setuptools",)
"""awswrangler declares it, and imports it nowhere."""
LEFT_OUT: dict[Role, tuple[str, ...]] = {
    "api": SDK + UNDER_SDK,
    "transform": SDK + UNDER_SDK,
    "lake": SDK + UNUSED,
    "ingest": tuple(name for name in SDK if name != HTTP) + UNDER_SDK,
}


def pins(root: Path, role: Role) -> Path:
    return root / REQUIREMENTS / f"{role}.txt"
