"""What is known of a resource between its pulls, and where its objects lie."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from lambdas.ingest.errors import RivalError
from lambdas.lake.errors import PreconditionError
from lambdas.lake.layout import INGEST, ingest_key, pulled_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambdas.ingest.states import State, States

FOLDER = re.compile(rf"{INGEST}[^/]+/[^/]+/(\d+)-[^/]+/")
NUMBERED = re.compile(r".*/(\d+)-\d+\.ndjson\.gz")


@dataclass(frozen=True)
class Place:
    """A resource of a pull: the mapping that its rows go into, and the fields that identify one."""

    pull: str
    resource: str
    into: str
    key: tuple[str, ...]

    @property
    def staging(self) -> str:
        """What is under it is of one attempt to commit a number, or of the last one committed."""
        return ingest_key(self.pull, self.resource, "")

    @property
    def raw(self) -> str:
        return pulled_key(self.into, self.pull, self.resource, "")

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
    into: str
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
        fields["into"],
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


@dataclass(frozen=True)
class StatedWatermarks:
    """`Watermarks` in the table of pulls' states."""

    states: States
    pull: str
    resource: str

    def read(self) -> Watermark | None:
        return _said(self._state())

    def replace(self, known: Watermark | None, successor: Watermark) -> None:
        state = self._state()
        now = _said(state)
        if (now and now.revision) != (known and known.revision):
            raise PreconditionError(f"{self.pull} {self.resource}: no longer at {known}")
        try:
            self.states.advance(self.pull, self.resource, state, successor.to_dict())
        except RivalError as error:
            raise PreconditionError(str(error)) from error

    def _state(self) -> State:
        return self.states.read(self.pull, self.resource)


def _said(state: State) -> Watermark | None:
    return Watermark.from_dict(state.said) if state.said else None
