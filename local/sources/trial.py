"""What a mapping would do to files: the steps of Clean, without a lake."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

import duckdb

from lambdas.clean.mapping import Drift, drift, single
from lambdas.clean.mapping.labels import asked_for, labels
from lambdas.clean.mapping.names import normal
from lambdas.clean.sources.transform import clean_parts
from lambdas.lake.documents import RecordCounts
from local.sources.samples import gathered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from lambdas.clean.mail.rows import MailRows
    from lambdas.clean.mapping import SourceMapping
    from lambdas.clean.sources.transform import CleanedPart

SHOWN = 3
"""Rows of each entity, and refused rows of each reason."""

WIDEST = 100
ALIKE = 0.5
NO_DRIFT = Drift((), (), {}, None)
"""Of a mail, whose columns are those of its templates."""


@dataclass
class Trial:
    """What became of one file. `refused` has some rows of each reason: number, sentence, bytes."""

    path: Path
    drift: Drift
    encoding: str = "utf-8"
    counts: RecordCounts = field(default_factory=lambda: RecordCounts(0))
    reasons: Counter[str] = field(default_factory=Counter)
    refused: dict[str, list[tuple[int, str, bytes]]] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    preview: dict[str, str] = field(default_factory=dict)
    mail: MailRows | None = None

    @property
    def good(self) -> bool:
        return not self.counts.quarantined

    def lines(self) -> Iterator[str]:
        """For people."""
        counts = self.counts
        yield f"{self.path.name}: {counts.records} records"
        yield f"  accepted {counts.accepted}, quarantined {counts.quarantined}"
        yield f"  duplicate {counts.duplicate}, ignored {counts.ignored}"
        for code, number in self.reasons.most_common():
            yield f"  {code}: {number}"
            for row, sentence, original in self.refused[code]:
                yield f"    row {row}: {sentence}"
                yield f"      {self._short(original)}"
        yield from self._drifted()
        yield from self._mailed()
        for entity, number in self.rows.items():
            yield f"  {entity}: {number} rows, the first of them:"
            yield from (f"    {line}" for line in self.preview[entity].splitlines())

    def _drifted(self) -> Iterator[str]:
        if self.drift.new:
            yield f"  columns that the mapping does not ask for: {', '.join(self.drift.new)}"
        for name in self.drift.missing:
            like = suggested(name, self.drift.new)
            yield f"  no column {name}" + (
                f"; is it {like}? Then add that as an alias" if like else ""
            )
        for name, alias in self.drift.renamed.items():
            yield f"  {name} comes as {alias}"

    def _mailed(self) -> Iterator[str]:
        if not self.mail:
            return
        if self.mail.ignored:
            yield f"  ignored: {self.mail.ignored}"
        for each in self.mail.taken:
            size = len(each.file.content)
            yield f"  attached, for {each.into}: {each.file.name}, {size:,} bytes"
        if self.mail.left:
            yield f"  attached, for nobody: {self.mail.left}"

    def _short(self, original: bytes) -> str:
        text = original.decode(self.encoding, errors="replace").replace("\n", " ").strip()
        return text if len(text) <= WIDEST else f"{text[:WIDEST]}…"


def tried(mapping: SourceMapping, path: Path) -> Trial:
    """Raises OSError for a file that is not there."""
    trial = Trial(path, NO_DRIFT) if mapping.mail else _of_file(mapping, path)
    with path.open("rb") as file:
        for part in clean_parts(file, mapping, key=path.as_posix()):
            trial.counts += part.counts
            trial.reasons += part.reasons
            trial.mail = part.mail
            _note_refused(trial, part)
            _note_accepted(trial, part)
    return trial


def _of_file(mapping: SourceMapping, path: Path) -> Trial:
    samples = gathered([path], mapping.format.hints())
    [found] = samples.formats
    filed = labels(path.as_posix())
    unasked = filed.keys() - asked_for(filed, single(mapping)) - {*found.columns}
    columns = tuple(way for way in samples.texts if way not in {(name,) for name in unasked})
    return Trial(path, drift(mapping, columns), found.encoding or "utf-8")


def suggested(name: str, columns: Sequence[str]) -> str | None:
    """The one of the columns whose name is most like it, if any is."""
    by_name = {normal(column): column for column in columns}
    found = get_close_matches(normal(name), by_name, n=1, cutoff=ALIKE)
    return by_name[found[0]] if found else None


def _note_refused(trial: Trial, part: CleanedPart) -> None:
    for row, original in part.originals:
        rejection = part.rejected[row]
        examples = trial.refused.setdefault(rejection.reason.code, [])
        if len(examples) < SHOWN:
            examples.append((row, rejection.message, original))


def _note_accepted(trial: Trial, part: CleanedPart) -> None:
    for each in part.accepted:
        trial.rows[each.entity] += each.rows
        if each.entity not in trial.preview:
            first = duckdb.read_parquet(str(each.path)).limit(SHOWN)
            trial.preview[each.entity] = _listed(first.columns, first.fetchall())


def _listed(columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> str:
    """A line for each row, without what is empty and what orders states."""
    return "\n".join(
        ", ".join(
            f"{name}={value}"
            for name, value in zip(columns, row, strict=True)
            if value is not None and name != "version" and (name != "deleted" or value)
        )
        for row in rows
    )
