"""A source's object: read by its bytes, mapped by its source's mapping, part by part.

Pure but for files in folders of its own. However large an object is, no more than a part of it is
held at once, and a part is done with before the next one is read.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lambdas.clean.formats import Format, Position, Table, open_rows
from lambdas.clean.formats.table import END, FewRows
from lambdas.clean.judging import Staged, judge
from lambdas.clean.mail.rows import columns, read_mail
from lambdas.clean.mapping import drift, entities, ignored_sql, parsers, single, wanted
from lambdas.clean.mapping.labels import asked_for, column_of, labelled, labels
from lambdas.clean.reasons import WHOLE_OBJECT
from lambdas.clean.sources.parts import Size, StreamedParts, without
from lambdas.clean.sources.spooled import SpooledParts
from lambdas.clean.unprocessable import unprocessable
from lambdas.engine import POISON, connect, statement
from lambdas.lake.documents import RecordCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lambdas.clean.formats.packed import Source
    from lambdas.clean.judging import Accepted, Judged, Mapped
    from lambdas.clean.mail.rows import MailRows
    from lambdas.clean.mapping import Drift, SourceMapping
    from lambdas.clean.mapping.mail import MailMapping
    from lambdas.clean.reasons import Rejection
    from lambdas.clean.sources.parts import Column, Part

START = Position()
SIZE = Size()
UNDIVIDED = Size(sys.maxsize, sys.maxsize)
"""Of a mail, which has its own bounds."""


class LostRecordsError(Exception):
    """Other records were judged and ignored than were staged: the run must not go on."""


@dataclass(frozen=True)
class CleanedPart:
    """What became of some rows of an object; `after` is where its next part begins.

    The accepted rows' files are there until the next part is asked for. `rejected` are rows by
    number, each with its reason and its bytes. The mapping does not ask for `new_columns`. An
    object that is a mail has a `mail`.
    """

    counts: RecordCounts
    accepted: Sequence[Accepted]
    rejected: dict[int, Rejection]
    originals: Iterable[tuple[int, bytes]]
    after: Position
    new_columns: tuple[str, ...] = ()
    mail: MailRows | None = None

    @property
    def reasons(self) -> Counter[str]:
        return Counter(rejection.reason.code for rejection in self.rejected.values())


@dataclass(frozen=True)
class Sense:
    """What a mapping makes of an object that has these columns, and these labels by its folders."""

    mapping: SourceMapping
    found: Sequence[Column]
    labels: Mapping[str, str]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Its own first: a label counts where the record says nothing of that name."""
        return (*self.found, *map(column_of, self.labels))

    @cached_property
    def drift(self) -> Drift:
        return drift(self.mapping, self.columns)

    @cached_property
    def entities(self) -> tuple[Mapped, ...]:
        return entities(self.mapping, self.columns)

    def staged(self, part: Part) -> Staged:
        macros = parsers() + labelled(self.labels)
        return Staged(part.path, "clean/fields", self.entities, macros)


def clean_parts(
    source: Source, mapping: SourceMapping, start: Position = START, key: str = ""
) -> Iterator[CleanedPart]:
    """The object's parts from `start` on; of an object without rows there is none.

    By its `key`, its folders may name columns: `year=2025/`. An object that drifted too far from
    its mapping is one part, rejected whole.
    """
    if mapping.mail:
        yield from _of_mail(source, mapping, mapping.mail, start)
        return
    table = open_rows(source, mapping.format.hints(), start)
    told = asked_for(labels(key), single(mapping))
    with TemporaryDirectory() as spool:
        parts = _parts(table, mapping, Path(spool), start)
        first = start == START
        while True:
            with TemporaryDirectory() as scratch:
                part = parts.part(Path(scratch))
                if not part.rows:
                    return
                sense = Sense(mapping, part.columns, told)
                if sense.drift.refusal and first and part.readable:
                    yield _refused(sense.drift.refusal)
                    return
                yield _cleaned(part, sense, Path(scratch), parts.position)
                first = False


def _of_mail(
    source: Source, mapping: SourceMapping, said: MailMapping, start: Position
) -> Iterator[CleanedPart]:
    """A mail is one part, however many orders are in it."""
    if start.memory == END:
        return
    found, after = read_mail(source, said), Position(memory=END)
    if found.ignored:
        yield CleanedPart(RecordCounts(1, ignored=1), (), {}, (), after, mail=found)
        return
    table = Table(Format("mail"), FewRows(found.rows))
    with TemporaryDirectory() as scratch:
        part = StreamedParts(table, UNDIVIDED, wanted(mapping)).part(Path(scratch))
        if part.rows != len(found.rows):
            raise LostRecordsError(f"of the mail's {len(found.rows)} rows {part.rows} are staged")
        sense = Sense(mapping, columns(said), {})
        yield replace(_cleaned(part, sense, Path(scratch), after), new_columns=(), mail=found)


def _parts(
    table: Table, mapping: SourceMapping, spool: Path, start: Position
) -> StreamedParts | SpooledParts:
    if table.format.kind == "parquet" and start.memory != END:
        return SpooledParts(table, spool, start, SIZE)
    return StreamedParts(table, SIZE, wanted(mapping))


def _refused(refusal: Rejection) -> CleanedPart:
    counts = RecordCounts(1, quarantined=1)
    return CleanedPart(
        counts, (), {WHOLE_OBJECT: refusal}, [(WHOLE_OBJECT, b"")], Position(memory=END)
    )


def _cleaned(part: Part, sense: Sense, folder: Path, after: Position) -> CleanedPart:
    try:
        judged, ignored = _judged(part, sense, folder / "whole")
    except POISON:
        with TemporaryDirectory(dir=folder) as trials:
            unfit = unprocessable([sense.staged(part)], Path(trials))
        part = without(part, unfit)
        judged, ignored = _judged(part, sense, folder / "rest")
    rejected = part.rejected | judged.rejected
    counts = RecordCounts(
        part.rows,
        accepted=judged.records - judged.duplicate - len(judged.rejected),
        quarantined=len(rejected),
        duplicate=judged.duplicate,
        ignored=ignored,
    )
    if not counts.balanced:
        raise LostRecordsError(f"of the object's rows there are {counts}")
    originals = part.originals.of(sorted(rejected))
    return CleanedPart(counts, judged.accepted, rejected, originals, after, sense.drift.new)


def _judged(part: Part, sense: Sense, folder: Path) -> tuple[Judged, int]:
    """What became of the part's records, and how many the mapping ignores."""
    folder.mkdir()
    with connect(folder) as connection:
        judged = judge(connection, [sense.staged(part)], folder)
        connection.execute(ignored_sql(sense.mapping, sense.columns))
        [(ignored,)] = connection.execute(statement("clean/ignored_count")).fetchall()
        return judged, ignored
