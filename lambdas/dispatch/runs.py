"""Which objects make a run, and what its attempts are called. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from lambdas.lake.documents import Document, Manifest, RawObject
from lambdas.lake.groups import grouped
from lambdas.lake.layout import LIVE, RunKeys, captured_entity, replay_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Self

Item = TypeVar("Item")

MAX_OBJECTS = 1_000
"""Objects of one run: bounds the manifest (about 1 MiB with the longest keys) and the claims."""

MAX_BYTES = 64 * 1024 * 1024
"""Of one run's objects, as they lie in raw: up to some millions of lines. A larger object is a run
of its own."""


class Origin(StrEnum):
    """Whose objects are in a run: what its digest begins with."""

    CAPTURED = "0"
    """What the API changed."""
    SENT = "1"
    """What other sources sent."""


RUNS_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
NAME = re.compile(
    r"(?P<base>(?:(?:replay|again)-[a-z0-9-]+-)?[0-9a-f]{32})(?:-(?P<attempt>[1-9]\d{0,5}))?"
)


@dataclass(frozen=True)
class Candidates(Document):
    """All objects that the run of this digest tries to claim; written before the first claim."""

    digest: str
    objects: list[RawObject]

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(fields["digest"], [RawObject(**each) for each in fields["objects"]])


@dataclass(frozen=True)
class Run:
    """A set of objects to promote together; `base` is the name of its first attempt."""

    base: str
    digest: str
    objects: list[RawObject]
    target: str = LIVE

    @classmethod
    def live(cls, digest: str, objects: list[RawObject]) -> Run:
        return cls(digest, digest, objects)

    @classmethod
    def replay(cls, replay_id: str, objects: list[RawObject]) -> Run:
        digest = run_digest(objects)
        return cls(f"replay-{replay_id}-{digest}", digest, objects, replay_target(replay_id))

    @classmethod
    def again(cls, again_id: str, objects: list[RawObject]) -> Run:
        """To gold, of objects that other runs have promoted."""
        digest = run_digest(objects)
        return cls(f"again-{again_id}-{digest}", digest, objects)

    def manifest(self, attempt: int) -> Manifest:
        name = attempt_name(self.base, attempt)
        return Manifest(name, self.digest, attempt, self.objects, self.target)


class RunsIdError(ValueError):
    """The id cannot stand in an execution's name."""


def checked_id(runs_id: str) -> str:
    """What the runs of one command have in their names. Raises RunsIdError."""
    if not RUNS_ID.fullmatch(runs_id):
        raise RunsIdError(f"{runs_id!r} must be up to 32 lower-case letters, digits and hyphens")
    return runs_id


def attempt_name(base: str, attempt: int) -> str:
    """The execution's name: at most 80 characters, and never used twice."""
    return base if attempt == 1 else f"{base}-{attempt}"


def base_of(name: str) -> str | None:
    """The run that an execution is an attempt of; None for executions that we did not name."""
    match = NAME.fullmatch(name)
    return match["base"] if match else None


def attempt_of(name: str) -> int:
    """Which attempt of its run an execution is, from 1."""
    match = NAME.fullmatch(name)
    return int(match["attempt"] or 1) if match else 1


def is_live(base: str) -> bool:
    return not base.startswith("replay-")


def run_input(name: str) -> str:
    """The execution's input: the manifest's key, never the list (256 KB)."""
    return json.dumps({"run": name, "manifest": RunKeys(name).manifest})


def run_digest(objects: Iterable[RawObject]) -> str:
    """32 hex digits that only this set of object versions has; the first says if it was captured.

    So a listing of executions tells whose they are.
    """
    identities = sorted((each.key, each.version_id) for each in objects)
    captured = all(captured_entity(key) for key, _ in identities)
    digits = hashlib.sha256(json.dumps(identities).encode()).hexdigest()
    return f"{Origin.CAPTURED if captured else Origin.SENT}{digits[:31]}"


def is_captured(name: str) -> bool:
    """Whether an execution is to bring to gold what was captured, for the first time."""
    return name.startswith(Origin.CAPTURED)


def distinct(objects: Iterable[RawObject]) -> list[RawObject]:
    """Each object version once, sorted."""
    return list({(each.key, each.version_id): each for each in sorted(objects)}.values())


def by_origin(objects: Iterable[RawObject]) -> dict[Origin, list[RawObject]]:
    """Those of each origin that there are any of, what was captured first.

    In one run the API's changes would be in gold no sooner than the largest and worst of files.
    """
    found: dict[Origin, list[RawObject]] = {origin: [] for origin in Origin}
    for each in objects:
        found[Origin.CAPTURED if captured_entity(each.key) else Origin.SENT].append(each)
    return {origin: alike for origin, alike in found.items() if alike}


def portioned(
    objects: Iterable[RawObject], max_objects: int = MAX_OBJECTS, max_bytes: int = MAX_BYTES
) -> Iterator[list[RawObject]]:
    """Neighbours together, as many as one run may have."""
    return grouped(objects, max_objects, max_bytes)


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
