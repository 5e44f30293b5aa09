"""Sample files of a source: their columns, and what stands in these."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from lambdas.clean.formats import EACH, Hints, open_rows
from lambdas.clean.mapping import Columns
from lambdas.clean.mapping.labels import labels
from lambdas.clean.mapping.names import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from lambdas.clean.formats import Format, Row
    from lambdas.clean.mapping.names import Path as Way

ALIKE = 0.5
"""The share of their columns that files of one mapping have in common."""

LITTLE = 4
"""Fields beside a list of records: a page's number, how many there are."""

MOST_ROWS = 2000
"""Of each file: enough to tell a format of dates by."""


@dataclass
class Samples:
    """The columns of all files, in their order, each with its texts; and what the files are."""

    formats: list[Format] = field(default_factory=list)
    texts: dict[Way, list[str]] = field(default_factory=dict)
    rows: int = 0
    faults: list[str] = field(default_factory=list)
    records: list[Mapping[str, Any]] = field(default_factory=list, repr=False)
    within: tuple[str, ...] = ()
    """The way to the records, in files that are an object with a list of them."""

    @property
    def list_of_records(self) -> tuple[str, ...]:
        """The way to the only list, if each file is one object that says little beside it."""
        outside = [way for way in self.texts if EACH not in way]
        lists = {way[: way.index(EACH)] for way in self.texts if EACH in way}
        one_each = len(self.records) == len(self.formats)
        little = len(outside) <= LITTLE and 2 * len(outside) < len(self.texts)
        return lists.pop() if one_each and little and len(lists) == 1 else ()

    def tell(self, *ways: Way) -> bool:
        """Whether records that differ in anything differ in these; in flat ones only."""
        whole = {tuple(sorted(map(str, record.items()))) for record in self.records}
        told = {tuple(str(record.get(way[0])) for way in ways) for record in self.records}
        return len(told) == len(whole)


def gathered(paths: Sequence[Path], hints: Hints | None = None) -> Samples:
    """Without hints, where the records are in JSON is guessed at.

    Raises OSError for a file that is not there.
    """
    samples = _read(paths, hints or Hints())
    if hints is None and (within := samples.list_of_records):
        samples = _read(paths, Hints(record_path=within))
        samples.within = within
    return samples


def kinds(paths: Iterable[Path]) -> list[list[Path]]:
    """The files by what they are: those that share most columns need one mapping.

    Raises OSError for a file that is not there.
    """
    found: list[tuple[set[Way], list[Path]]] = []
    for path in paths:
        columns = set(gathered([path]).texts)
        alike = next((kind for kind in found if _alike(kind[0], columns)), None)
        if alike:
            alike[0].update(columns)
            alike[1].append(path)
        else:
            found.append((columns, [path]))
    return [files for _, files in found]


def _alike(some: set[Way], others: set[Way]) -> bool:
    return len(some & others) >= ALIKE * len(some | others)


def _read(paths: Iterable[Path], hints: Hints) -> Samples:
    samples = Samples()
    for path in paths:
        with path.open("rb") as file:
            table = open_rows(file, hints)
            samples.formats.append(table.format)
            told = labels(path.as_posix())
            for column in (*table.format.columns, *told):
                samples.texts.setdefault(path_of(column), [])
            for row in islice(table, MOST_ROWS):
                _note(replace(row, fields=told | row.fields), samples)
    return samples


def _note(row: Row, samples: Samples) -> None:
    samples.rows += 1
    if row.fault:
        samples.faults.append(f"row {row.number}: {row.fault.message}")
        return
    samples.records.append(row.fields)
    columns = Columns()
    columns.add(row.fields)
    for way in columns:
        samples.texts.setdefault(way, []).extend(_texts(row.fields, way))


def _texts(value: Any, way: Way) -> Iterator[str]:
    if value is None or value == "":
        return
    if not way:
        yield value if isinstance(value, str) else str(value)
    elif way[0] == EACH and isinstance(value, list):
        for member in value:
            yield from _texts(member, way[1:])
    elif isinstance(value, dict):
        yield from _texts(value.get(way[0]), way[1:])
