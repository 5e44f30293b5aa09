"""An import from its file to the last row, in stretches that may be done again.

A stretch is written, then its counts and the position behind it go into the record, under the
condition that nobody else has. Whatever dies in between, the stretch is done again:

    A: rows 1-500 written ...... x
    B:                    rows 1-500 are there already, counted .. record: position 500 .. 501-1000

Of two who work at once, the one whose record comes second leaves the rest to the other, whose
message stays in the queue until it is through.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lambdas.api.clock import timestamp
from lambdas.api.errors import StaleStateError, UnknownEntityError
from lambdas.api.imports import State
from lambdas.api.registry import Place
from lambdas.imports import quarantine
from lambdas.imports.decisions import Outcome, Wish, decide
from lambdas.imports.documents import read_array, read_lines
from lambdas.imports.files import UnreadableFileError, text_of
from lambdas.imports.offers import Offer, Rejected, offers
from lambdas.imports.rows import Reason, Rejection
from lambdas.imports.shelf import MOST_WRITES
from lambdas.imports.tables import read_csv
from lambdas.lake.layout import import_quarantine_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lambdas.api.clock import Clock, Retry
    from lambdas.api.imports import Import, ImportId, ImportRecords
    from lambdas.api.registry import Registry
    from lambdas.imports.rows import Row, Sheet
    from lambdas.imports.shelf import Shelf
    from lambdas.lake.objects import ObjectStore

STRETCH = 500
"""Rows between two records of the progress."""
FORMATS: dict[str, Callable[[str], Sheet]] = {
    "csv": read_csv,
    "json": read_array,
    "ndjson": read_lines,
}
Verdict = Outcome | Rejection


class UnknownImportError(Exception):
    """There is a file, and no record of an import that it belongs to."""


class OvertakenError(Exception):
    """Somebody else works on the import and is further on."""


@dataclass(frozen=True)
class Importer:
    """`worker` is a name that no other invocation has."""

    records: ImportRecords
    lake: ObjectStore
    shelf: Shelf
    registry: Registry
    now: Clock
    retry: Retry
    worker: str
    stretch: int = STRETCH

    def run(self, import_id: ImportId, has_time: Callable[[], bool]) -> Import:
        """Goes on from where the record says until the end, or for as long as there is time.

        One stretch is always done, so that there is progress. Raises UnknownImportError,
        OvertakenError, and ContentionError if the table is busy for long.
        """
        record = self.retry.run(lambda: self.records.get(import_id))
        if record is None:
            raise UnknownImportError(f"there is no record of import {import_id}")
        if record.ended:
            return record
        try:
            self.registry.vendor(import_id.vendor_id)
            sheet = self._read(record)
        except (UnreadableFileError, UnknownEntityError) as error:
            return self._save(self._ended(record, State.FAILED, str(error)))
        if record.state is State.RECEIVED:
            record = self._begin(record, sheet)
        rows = list(offers(sheet.rows, import_id.vendor_id))
        categories = Categories(self.registry, self.retry)
        began = record.position
        while not record.ended and (record.position == began or has_time()):
            record = self._advance(record, rows, categories)
        return record

    def _read(self, record: Import) -> Sheet:
        body = self.lake.get(record.key).body
        text = text_of(body, gzipped=record.gzipped, charset=record.charset)
        return FORMATS[record.format](text)

    def _begin(self, record: Import, sheet: Sheet) -> Import:
        """An id for every row, whether or not it will make an item: gaps are allowed."""
        count = len(sheet.rows)
        first_id = self.retry.run(lambda: self.shelf.reserve(count)) if count else 0
        begun = replace(
            record,
            state=State.RUNNING if count else State.SUCCEEDED,
            rows=count,
            ignored=sheet.ignored,
            first_id=first_id,
        )
        return self._save(begun if count else self._ended(begun, State.SUCCEEDED))

    def _advance(
        self, record: Import, rows: Sequence[Offer | Rejected], categories: Categories
    ) -> Import:
        """One stretch, and what has come of it into the record."""
        todo = rows[record.position : record.position + self.stretch]
        rejected = [each for each in todo if isinstance(each, Rejected)]
        counts = dict.fromkeys(Outcome, 0)
        wishes = [each for each in todo if isinstance(each, Offer)]
        for start in range(0, len(wishes), MOST_WRITES):
            batch = wishes[start : start + MOST_WRITES]
            for row, verdict in self._write(record, batch, categories):
                if isinstance(verdict, Rejection):
                    rejected.append(Rejected(row, verdict))
                else:
                    counts[verdict] += 1
        rejected.sort(key=lambda each: each.row.number)
        self._quarantine(record, rejected)
        shown = (*record.rejections, *map(quarantine.shown, rejected))
        after = replace(
            record,
            position=record.position + len(todo),
            created=record.created + counts[Outcome.CREATED],
            updated=record.updated + counts[Outcome.UPDATED],
            unchanged=record.unchanged + counts[Outcome.UNCHANGED],
            rejected=record.rejected + len(rejected),
            rejections=shown[: quarantine.MOST_SHOWN],
        )
        is_last = after.position == len(rows)
        return self._save(self._ended(after, State.SUCCEEDED) if is_last else after)

    def _write(
        self, record: Import, batch: Sequence[Offer], categories: Categories
    ) -> list[tuple[Row, Verdict]]:
        """What became of each offer. They are decided anew if the table changed meanwhile."""
        verdicts: list[tuple[Row, Verdict]] = []
        wishes: list[tuple[Row, Wish]] = []
        for offer in batch:
            category = categories.id_of(offer.new.category)
            if isinstance(category, Rejection):
                verdicts.append((offer.row, category))
            else:
                wishes.append((offer.row, _wish(record, offer, category)))
        skus = [wish.new.sku for _, wish in wishes if wish.new.sku is not None]
        ids = [wish.place.item_id for _, wish in wishes]

        def attempt() -> list[tuple[Row, Verdict]]:
            known = self.shelf.known(record.id.vendor_id, skus, ids)
            now = timestamp(self.now())
            decisions = [(row, decide(wish, known, now)) for row, wish in wishes]
            self.shelf.write([each.write for _, each in decisions if each.write])
            return [(row, each.outcome) for row, each in decisions]

        return verdicts + self.retry.run(attempt)

    def _quarantine(self, record: Import, rejected: Sequence[Rejected]) -> None:
        """Under a name that the stretch has, so that doing it again overwrites it."""
        if rejected:
            first_row = record.position + 1
            key = import_quarantine_key(record.id.vendor_id, record.id.name, first_row)
            self.lake.put(key, quarantine.render(record.key, rejected))

    def _ended(self, record: Import, state: State, problem: str | None = None) -> Import:
        at = timestamp(self.now())
        return replace(record, state=state, finished_at=at, problem=problem)

    def _save(self, record: Import) -> Import:
        """Raises OvertakenError."""
        at = timestamp(self.now())
        mine = replace(record, rev=record.rev + 1, worker=self.worker, updated_at=at)

        def attempt() -> None:
            try:
                self.records.save(mine)
            except StaleStateError as error:
                # What an earlier attempt wrote, whose answer was lost, is ours.
                if self.records.get(mine.id) != mine:
                    raise OvertakenError(f"import {mine.id} is in other hands") from error

        self.retry.run(attempt)
        return mine


@dataclass
class Categories:
    """Ids of categories by what rows call them, each asked for once."""

    registry: Registry
    retry: Retry
    known: dict[int | str, int | Rejection] = field(default_factory=dict)

    def id_of(self, wanted: int | str) -> int | Rejection:
        if wanted not in self.known:
            self.known[wanted] = self._asked(wanted)
        return self.known[wanted]

    def _asked(self, wanted: int | str) -> int | Rejection:
        try:
            return self.retry.run(lambda: self.registry.category_id(wanted))
        except UnknownEntityError:
            return Rejection.of(Reason.UNKNOWN_CATEGORY, "category", f"{wanted} is not known")


def _wish(record: Import, offer: Offer, category_id: int) -> Wish:
    item_id = record.first_id + offer.row.number - 1
    place = Place(item_id, record.id.vendor_id, category_id)
    return Wish(offer.new, place, f"{record.id}#{offer.row.number}")
