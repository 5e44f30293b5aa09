"""Pull files: read, and refused by file, place and fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from lambdas.declared import DeclarationError, parsed, text_of, validated
from lambdas.ingest.pulls.model import Pull

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).resolve().parents[3] / "sources" / "pulls"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 40
"""Names of schedules and of rules have the deployment's beside it, in 64 characters."""
SUFFIX = ".yaml"


class PullFileError(DeclarationError):
    """A pull file cannot be used."""


def load(text: str, name: str) -> Pull:
    """The pull `name` out of its file's text. Raises PullFileError with file, place and fault."""
    try:
        return _pull(text, name)
    except PullFileError as error:
        raise error.within(file_of(name)) from error


def load_named(names: Iterable[str], folder: Path = FOLDER) -> list[Pull]:
    """The pulls of these files. Raises PullFileError, also for one that is not there."""
    return [_read(name, folder) for name in names]


def file_of(name: str) -> str:
    """Where people find a pull."""
    return f"sources/pulls/{name}{SUFFIX}"


def _read(name: str, folder: Path) -> Pull:
    known = sorted(path.stem for path in folder.glob(f"*{SUFFIX}"))
    if name not in known:
        raise PullFileError(f"there is no such pull; there are {known}", file_of(name))
    return load(text_of(folder / f"{name}{SUFFIX}", file_of(name), PullFileError), name)


def _pull(text: str, name: str) -> Pull:
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise PullFileError(
            f"a pull's name has small letters, digits and hyphens, at most {LONGEST}"
        )
    said = parsed(text, PullFileError)
    if not isinstance(said, dict):
        raise PullFileError("a pull is an object with `postgres`")
    return validated(Pull, {**said, "name": name}, PullFileError)
