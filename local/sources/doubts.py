"""What the samples' values say against a guess that was made by names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TYPE_CHECKING, Literal

from lambdas.clean.mapping.model import Reading
from lambdas.contracts import ColumnType
from local.sources.chosen import named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from lambdas.clean.mapping.names import Path
    from lambdas.contracts import Column, Contract
    from local.sources.chosen import Chosen, Guess
    from local.sources.guesses import Guesses

CENTS = re.compile(r"0|-?[0-9]{3,}")
"""As programs write amounts of cents."""

ENOUGH = 5
"""Different texts, for what all of them have in common to say anything."""

CLOCK = re.compile(
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])?|[0-2][0-9][0-5][0-9][0-5][0-9]"
)
MIDNIGHT = "0000"
NUMBERS = (ColumnType.MONEY, ColumnType.INTEGER)
MOST_PAIRS = 1000


@dataclass(frozen=True)
class Doubts:
    """`dates` and `mark` are how the draft reads times and amounts."""

    chosen: Chosen
    guesses: Guesses
    dates: Sequence[str]
    mark: Literal[",", "."] | None

    def of(self, contract: Contract, guess: Guess) -> Iterator[str]:
        """For people, of a column that one field stands for; what SQL makes of it is not tried."""
        if len(guess.ways) != 1 or guess.yaml.startswith(("{sql:", "{parts:")):
            return
        [way], column = guess.ways, guess.column
        if column.type is ColumnType.TIMESTAMP:
            yield from self._times(way, happened=column.name == contract.happened)
        elif column.type in NUMBERS:
            yield from self._numbers(column, way)
        if column.name == "unit_price" and self._grows(way):
            yield "it grows with the quantity: is it the sum of a line?"
        if column.name == "total_price" and (wrong := self._unequal(way)):
            yield f"{wrong} are not qty * unit_price: refused"

    def _times(self, way: Path, *, happened: bool) -> Iterator[str]:
        texts = self.chosen.samples.texts[way]
        if unread := self.guesses.unread(texts, Reading(dates=tuple(self.dates) or None)):
            yield f"no format of dates reads {unread[0]!r}: refused"
        elif happened and not any(":" in text for text in texts):
            clocks = filter(self._is_clock, self.chosen.samples.texts)
            yield from (f"the day alone: is its time in {named(each)}?" for each in clocks)

    def _is_clock(self, way: Path) -> bool:
        texts = self.chosen.samples.texts[way]
        told = any(not text.startswith(MIDNIGHT) for text in texts)
        return told and all(CLOCK.fullmatch(text.strip()) for text in texts)

    def _numbers(self, column: Column, way: Path) -> Iterator[str]:
        texts = self.chosen.samples.texts[way]
        numbers = self.guesses.numbers(texts, self.mark)
        if odd := [text for text in texts if text.strip() not in numbers]:
            yield f"{len(odd)} are no numbers, as {odd[0]!r}: refused"
        least = column.minimum
        low = [
            text for text in texts if least is not None and numbers.get(text.strip(), least) < least
        ]
        if low:
            yield f"{len(low)} are below {least}, as {low[0]!r}: refused, if not told by `ignore`"
        several = column.type is ColumnType.MONEY and len(numbers) >= ENOUGH
        if several and all(map(CENTS.fullmatch, numbers)):
            yield "whole numbers all: are they cents?"

    def _grows(self, price: Path) -> bool:
        """Whether of one item more pieces have a higher price, as many times as high."""
        if (found := self._lines("item_id", price)) is None:
            return False
        by_item: dict[str, set[tuple[Decimal, Decimal]]] = {}
        for item, qty, amount in found:
            by_item.setdefault(item, set()).add((qty, amount))
        pairs = [
            (some, other)
            for lines in by_item.values()
            for some, other in islice(combinations(sorted(lines), 2), MOST_PAIRS)
            if some[0] != other[0]
        ]
        alike = sum(some[1] == other[1] for some, other in pairs)
        grown = sum(some[1] * other[0] == other[1] * some[0] for some, other in pairs)
        return grown > alike

    def _unequal(self, total: Path) -> int:
        found = self._lines("unit_price", total)
        numbers = self.guesses.numbers([price for price, _, _ in found or ()], self.mark)
        return sum(
            numbers[price.strip()] * qty != amount
            for price, qty, amount in found or ()
            if price.strip() in numbers
        )

    def _lines(self, beside: str, amount: Path) -> list[tuple[str, Decimal, Decimal]] | None:
        """Of each record a column's text, the quantity and an amount; None of nested ones."""
        ways = [self.chosen.way(beside), self.chosen.way("qty"), amount]
        flat = [way[0] for way in ways if way is not None and len(way) == 1]
        if len(flat) < len(ways):
            return None
        rows = [
            [str(record.get(name) or "") for name in flat] for record in self.chosen.samples.records
        ]
        numbers = self.guesses.numbers([text for row in rows for text in row[1:]], self.mark)
        return [
            (text, numbers[qty.strip()], numbers[price.strip()])
            for text, qty, price in rows
            if qty.strip() in numbers and price.strip() in numbers
        ]
