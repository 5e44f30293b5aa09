"""What one call got done, counted by zone: the answer of a slice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.erase.fates import zone

if TYPE_CHECKING:
    from lambdas.erase.bucket import Mark, Version
    from lambdas.erase.contents import Found
    from lambdas.erase.fates import Fate

MAX_NAMED = 100


@dataclass
class Tally:
    """Versions in one zone and their bytes as unpacked; those that were found, by their fate.

    `opaque` ones could not be decoded to their end, so that the rest was searched as plain bytes.
    """

    searched: int = 0
    bytes: int = 0
    opaque: int = 0
    fates: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, version: Version, found: Found, what: Fate | None) -> None:
        self.searched += 1
        self.bytes += found.size
        self.opaque += found.opaque
        if what:
            counts = self.fates.setdefault(what.value, {"objects": 0, "bytes": 0})
            counts["objects"] += 1
            counts["bytes"] += version.size


@dataclass
class Slice:
    """`places` name up to 100 versions that hold the person; `next` is null at the end."""

    zones: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    hits: int = 0
    places: list[str] = field(default_factory=list)
    next: Mark | None = None

    def add(self, version: Version, found: Found, what: Fate | None) -> None:
        self.zones[zone(version.key)].add(version, found, what)

    def hit(self, version: Version) -> None:
        self.hits += 1
        if len(self.places) < MAX_NAMED:
            self.places.append(f"{version.key}@{version.version_id}")

    def answer(self) -> dict[str, Any]:
        return {
            "zones": {name: asdict(each) for name, each in sorted(self.zones.items())},
            "hits": self.hits,
            "places": self.places,
            "next": self.next,
        }
