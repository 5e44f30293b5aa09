"""What texts are, by trying the parsers of mappings on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Literal

from lambdas.clean.mapping.model import Reading
from lambdas.clean.mapping.patterns import ISO_8601, strptime
from lambdas.clean.mapping.readings import of_type
from lambdas.contracts import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duckdb import DuckDBPyConnection

DAYS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
    *("%d-%b-%Y", "%d-%b-%y", "%b-%d-%Y", "%b-%d-%y"),
)
CLOCKS = (" %H:%M:%S", " %H:%M", "", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", " %H:%M:%S %z")
ISO = "iso"
FORMATS = (ISO, "epoch_ms", "epoch_s", "epoch", *map("".join, product(DAYS, CLOCKS)))
MARKS: tuple[Literal[",", "."], ...] = (",", ".")
MOST_FORMATS = 4
AT_LEAST = 0.9
"""The share of texts that a guess has to explain."""

EPOCHS = {
    "epoch_s": r"^[0-9]{9,10}$",
    "epoch_ms": r"^[0-9]{12,13}$",
    "epoch": r"^[0-9]{15,16}$",
}
"""The times of our days, of `epoch` in microseconds; other whole numbers are hardly times."""


@dataclass(frozen=True)
class Guesses:
    """`engine` has the parsers of mappings."""

    engine: DuckDBPyConnection

    def times(self, texts: Sequence[str]) -> list[str]:
        """Formats that read nearly all of the texts together, most first; none if there are none.

        A format that reads no text which an earlier one does not is left out.
        """
        distinct = list(dict.fromkeys(texts))
        left = distinct
        chosen: list[str] = []
        while left and len(chosen) < MOST_FORMATS:
            read = {form: self._as_times(form, left) for form in FORMATS}
            best = max(FORMATS, key=lambda form: len(read[form]))
            if not read[best]:
                break
            chosen.append(best)
            left = [text for text in left if text not in read[best]]
        return chosen if len(left) <= (1 - AT_LEAST) * len(distinct) else []

    def doubtful(self, form: str, texts: Iterable[str]) -> str | None:
        """Another format, days and months in the other order, that reads all of them as well."""
        swapped = form.translate(str.maketrans("dm", "md"))
        distinct = list(dict.fromkeys(texts))
        if swapped == form or swapped not in FORMATS:
            return None
        return swapped if len(self._as_times(swapped, distinct)) == len(distinct) else None

    def reads_more(self, form: str, other: str, texts: Iterable[str]) -> bool:
        """Whether the format reads more of the texts than the other."""
        distinct = list(dict.fromkeys(texts))
        return len(self._as_times(form, distinct)) > len(self._as_times(other, distinct))

    def decimal_mark(self, texts: Iterable[str]) -> Literal[",", "."] | None:
        """The mark that reads more of the texts as amounts; None if they do not tell."""
        distinct = list(dict.fromkeys(texts))
        commas, points = (
            len(self._read(ColumnType.MONEY, distinct, Reading(decimal=mark))) for mark in MARKS
        )
        if commas == points:
            return None
        return "," if commas > points else "."

    def unread(self, texts: Sequence[str], reading: Reading) -> list[str]:
        """Those of the texts, each once, that are no times."""
        distinct = list(dict.fromkeys(texts))
        read = self._read(ColumnType.TIMESTAMP, distinct, reading)
        return [text for text in distinct if text not in read]

    def numbers(self, texts: Iterable[str], mark: Literal[",", "."] | None) -> dict[str, Decimal]:
        """The numbers that texts say, by the texts without space around them."""
        sql = of_type(ColumnType.MONEY, Reading(decimal=mark), {}).sql.format("written")
        found = self.engine.execute(
            f"select written, {sql} from (select unnest(?) as written)",  # noqa: S608  # our own
            [list(dict.fromkeys(text.strip() for text in texts))],
        )
        return {text: Decimal(number) for text, number in found.fetchall() if number is not None}

    def _as_times(self, form: str, texts: Sequence[str]) -> set[str]:
        looks = re.compile(EPOCHS.get(form) or (form != ISO and strptime(form)) or ISO_8601)
        alike = [text for text in texts if looks.match(text.strip())]
        return self._read(ColumnType.TIMESTAMP, alike, Reading(dates=(form,))) if alike else set()

    def _read(self, kind: ColumnType, texts: Sequence[str], reading: Reading) -> set[str]:
        """Those of the texts that can be read."""
        sql = of_type(kind, reading, {}).sql.format("written")
        found = self.engine.execute(
            f"select written from (select unnest(?) as written) where {sql} is not null",  # noqa: S608  # our own
            [[text.strip() for text in texts]],
        )
        read = {text for (text,) in found.fetchall()}
        return {text for text in texts if text.strip() in read}
