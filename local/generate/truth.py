"""What has to become of generated data, of each object, of each pull and in gold.

It is known from how the data was made: nothing of the pipeline takes part.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

FILE = "truth.json"


@dataclass
class ObjectTruth:
    """Records of one object: `quarantined` is by reason code."""

    accepted: int = 0
    duplicate: int = 0
    ignored: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)

    @property
    def records(self) -> int:
        return self.accepted + self.duplicate + self.ignored + sum(self.quarantined.values())


@dataclass
class PullTruth(ObjectTruth):
    """Rows of all objects that a pull writes for one mapping; the tombstones are accepted ones."""

    tombstones: int = 0


@dataclass(frozen=True)
class GoldTruth:
    """Of live rows. `sales` by month: lines, units and money, as text.

    `members` by table: how many there are, and of how many it is known who or what they are.
    """

    sales: dict[str, tuple[int, int, str]]
    members: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Halves:
    """Gold after the first half, and after both."""

    history: GoldTruth
    gold: GoldTruth


@dataclass(frozen=True)
class Truth:
    """`objects` by path in the folder, `pulls` by day and then by mapping.

    `history` is gold after the first half and the pull of the first day, `gold` after all; `files`
    are these without anything pulled.
    """

    asked: dict[str, Any]
    objects: dict[str, ObjectTruth]
    pulls: dict[str, dict[str, PullTruth]]
    history: GoldTruth
    gold: GoldTruth
    files: Halves

    def write(self, folder: Path) -> None:
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        objects = {path: ObjectTruth(**each) for path, each in said["objects"].items()}
        pulls = {
            day: {source: PullTruth(**each) for source, each in told.items()}
            for day, told in said["pulls"].items()
        }
        files = _halves(said["files"])
        return cls(said["asked"], objects, pulls, files=files, **vars(_halves(said)))


def _halves(said: dict[str, Any]) -> Halves:
    return Halves(_gold(said["history"]), _gold(said["gold"]))


def _gold(said: dict[str, Any]) -> GoldTruth:
    return GoldTruth(
        {month: (lines, units, money) for month, (lines, units, money) in said["sales"].items()},
        {table: (members, known) for table, (members, known) in said["members"].items()},
    )
