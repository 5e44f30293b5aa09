"""What is known of a resource between its pulls, and where its objects lie."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

STAGING = "ingest/"
FOLDER = re.compile(rf"{STAGING}[^/]+/[^/]+/(\d+)-[^/]+/")
NUMBERED = re.compile(r".*/(\d+)-\d+\.ndjson\.gz")


@dataclass(frozen=True)
class Place:
    """A resource of a pull: where its rows arrive, and the fields that identify one.

    `arrives` is the prefix of the mapping that reads them, `raw/<source>/`.
    """

    pull: str
    resource: str
    arrives: str
    key: tuple[str, ...]

    @property
    def staging(self) -> str:
        """What is under it is of one attempt to commit a number, or of the last one committed."""
        return f"{STAGING}{self.pull}/{self.resource}/"

    @property
    def raw(self) -> str:
        return f"{self.arrives}{self.pull}/{self.resource}/"

    def folder(self, number: int, token: str) -> str:
        return f"{self.staging}{number:012d}-{token}/"

    def raw_prefix(self, number: int) -> str:
        """Of the objects with the changes of a snapshot."""
        return f"{self.raw}{number:012d}-"


def number_of_folder(key: str) -> int:
    found = FOLDER.match(key)
    return int(found[1]) if found else 0


def number_of_raw(key: str) -> int:
    found = NUMBERED.fullmatch(key)
    return int(found[1]) if found else 0


@dataclass(frozen=True)
class Index:
    """The rows of a snapshot by key, as objects `<folder>index-…`, and what they were made by."""

    folder: str
    parts: int
    rows: int
    arrives: str
    key: tuple[str, ...]

    @property
    def prefix(self) -> str:
        return f"{self.folder}index-"


@dataclass(frozen=True)
class Pending:
    """A snapshot that was claimed: whoever finds it has to bring its changes to raw first.

    They are staged as `changes` objects beside its index, and go to names that begin with `raw`.
    """

    number: int
    index: Index
    changes: int
    raw: str
    mark: str

    @property
    def prefix(self) -> str:
        return f"{self.index.folder}changes-"


@dataclass(frozen=True)
class Watermark:
    """`committed` is the number of the last snapshot, 0 before the first; `index` has its rows.

    `mark` is what its source said of it, for asking whether there is anything new: an ETag.
    """

    committed: int = 0
    index: Index | None = None
    mark: str = ""
    pending: Pending | None = None

    @property
    def revision(self) -> int:
        """Rises with every change, so that it tells whether there was one."""
        return 2 * self.committed + (self.pending is not None)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        pending = fields["pending"]
        return cls(
            int(fields["committed"]),
            _index(fields["index"]),
            fields["mark"],
            pending
            and Pending(
                int(pending["number"]),
                _known(pending["index"]),
                int(pending["changes"]),
                pending["raw"],
                pending["mark"],
            ),
        )


def _index(fields: Mapping[str, Any] | None) -> Index | None:
    return _known(fields) if fields else None


def _known(fields: Mapping[str, Any]) -> Index:
    return Index(
        fields["folder"],
        int(fields["parts"]),
        int(fields["rows"]),
        fields["arrives"],
        tuple(fields["key"]),
    )


class Watermarks(Protocol):
    """The watermark of one resource."""

    def read(self) -> Watermark | None:
        """None if there never was one. What was written before is seen."""
        ...

    def replace(self, known: Watermark | None, successor: Watermark) -> None:
        """Raises PreconditionError if it is no longer what is known, by its revision."""
        ...
