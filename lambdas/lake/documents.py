"""The documents that the steps of a run hand to each other under `runs/<run>/`.

States exchange the keys of these documents and counts, never rows, so no payload grows with the
data. Every document is a dataclass, written as JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from lambdas.lake.layout import LIVE


class Document:
    """JSON in, JSON out; subclasses with nested documents say how to read these."""

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True).encode()  # type: ignore[call-overload]  # every subclass is a dataclass

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        return cls.from_dict(json.loads(body))

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(**fields)


@dataclass(frozen=True, order=True)
class RawObject(Document):
    """One version of one object under `raw/`; `size` in bytes."""

    key: str
    version_id: str
    size: int = 0


@dataclass(frozen=True)
class Manifest(Document):
    """What a run has to promote. `attempt` counts from 1; `digest` is the same in all attempts."""

    run: str
    digest: str
    attempt: int
    objects: list[RawObject]
    target: str = LIVE

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        objects = [RawObject(**each) for each in fields["objects"]]
        return cls(**{**fields, "objects": objects})


@dataclass(frozen=True)
class CleanBatch(Document):
    """The raw objects that one invocation of clean takes."""

    number: int
    objects: list[RawObject]

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        objects = [RawObject(**each) for each in fields["objects"]]
        return cls(number=fields["number"], objects=objects)


@dataclass(frozen=True)
class Begun(Document):
    """How often a piece of work was begun of which nobody has seen the end."""

    times: int


@dataclass(frozen=True)
class RecordCounts(Document):
    """Law 1 at the door: every record that came in is in exactly one of the other four."""

    records: int
    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0
    ignored: int = 0

    @property
    def balanced(self) -> bool:
        return self.records == (self.accepted + self.quarantined + self.duplicate + self.ignored)

    def __add__(self, other: RecordCounts) -> RecordCounts:
        mine, theirs = asdict(self), asdict(other)
        return RecordCounts(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True)
class CleanedEntity(Document):
    """One cleaned Parquet object; `rows` are contract rows (a transaction yields its lines)."""

    entity: str
    key: str
    rows: int


@dataclass(frozen=True)
class MailRead(Document):
    """Of a mail: why it was `ignored`, if it was, and how many attachments went nowhere.

    `attached` are the raw objects that its other attachments became.
    """

    ignored: str = ""
    left: int = 0
    attached: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CleanedObject(Document):
    """What became of one raw object. `reasons` counts quarantined records by reason code.

    A large object is cleaned in parts, each with cleaned objects and a quarantine of its own.
    `new_columns` are those of a source's object that its mapping does not ask for. A mail is one
    part.
    """

    source: RawObject
    counts: RecordCounts
    cleaned: list[CleanedEntity]
    quarantine: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    new_columns: list[str] = field(default_factory=list)
    mail: MailRead | None = None

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(
            source=RawObject(**fields["source"]),
            counts=RecordCounts(**fields["counts"]),
            cleaned=[CleanedEntity(**each) for each in fields["cleaned"]],
            quarantine=fields["quarantine"],
            reasons=fields["reasons"],
            new_columns=fields["new_columns"],
            mail=MailRead(**mail) if (mail := fields.get("mail")) else None,
        )

    def __add__(self, part: CleanedObject) -> CleanedObject:
        """Of the same object."""
        return CleanedObject(
            self.source,
            self.counts + part.counts,
            [*self.cleaned, *part.cleaned],
            [*self.quarantine, *part.quarantine],
            dict(sorted((Counter(self.reasons) + Counter(part.reasons)).items())),
            list(dict.fromkeys([*self.new_columns, *part.new_columns])),
            self.mail or part.mail,
        )


@dataclass(frozen=True)
class CleanedSoFar(Document):
    """What became of an object's first parts; at `position` its reader goes on, if there is one."""

    cleaned: CleanedObject
    parts: int = 0
    position: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(**{**fields, "cleaned": CleanedObject.from_dict(fields["cleaned"])})


@dataclass(frozen=True)
class CleanedBatch(Document):
    objects: list[CleanedObject]

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls([CleanedObject.from_dict(each) for each in fields["objects"]])


@dataclass(frozen=True)
class DeltaPart(Document):
    """The rows of one run for one partition and bucket of one table: an item of the publish map.

    `size` is the Parquet object's, in bytes (Redshift's COPY manifest wants it).
    """

    table: str
    partition: str
    bucket: int
    key: str
    rows: int
    size: int


@dataclass(frozen=True)
class TableCounts(Document):
    """Law 1 per table: `rows` = inserted + updated + superseded + unchanged.

    `rows` are all that clean accepted plus those that conform inferred. A row that is older than
    what is known is superseded, one of the same version unchanged.
    """

    rows: int = 0
    inserted: int = 0
    updated: int = 0
    superseded: int = 0
    unchanged: int = 0

    @property
    def balanced(self) -> bool:
        return self.rows == self.inserted + self.updated + self.superseded + self.unchanged

    def __add__(self, other: TableCounts) -> TableCounts:
        return TableCounts(**Counter(asdict(self)) + Counter(asdict(other)))


@dataclass(frozen=True)
class ConformedRun(Document):
    """All deltas of a run.

    `counts` per table covers what conform itself set aside: its `rows` are all that came in, its
    superseded and unchanged those that did not enter a delta. `newest` has, of tables whose facts
    say when they happened, the newest in the deltas: ISO 8601, UTC.
    """

    deltas: list[DeltaPart]
    counts: dict[str, TableCounts]
    newest: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(
            deltas=[DeltaPart(**each) for each in fields["deltas"]],
            counts={table: TableCounts(**each) for table, each in fields["counts"].items()},
            newest=fields.get("newest", {}),  # a run of an earlier release may still be recorded
        )


@dataclass(frozen=True)
class PublishedPart(Document):
    """What publishing one delta did; `rows` in `counts` are the delta's."""

    part: DeltaPart
    counts: TableCounts
    generation: int

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(
            part=DeltaPart(**fields["part"]),
            counts=TableCounts(**fields["counts"]),
            generation=fields["generation"],
        )


@dataclass(frozen=True)
class LoadedTable(Document):
    """One committed load transaction."""

    table: str
    statement_id: str
    staged: int


@dataclass(frozen=True)
class LoadedRun(Document):
    tables: list[LoadedTable]

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls([LoadedTable(**each) for each in fields["tables"]])
