"""A draft of a mapping, out of samples: names and values are guessed at, and the guesses told."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.clean.formats import EACH
from lambdas.clean.mapping.names import normal, parted
from lambdas.clean.mapping.readings import identifies
from lambdas.contracts import BY_ENTITY, GENERAL_CATEGORY_ID, ColumnType
from local.sources.schema import LINE
from local.sources.words import SYNONYMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.mapping.names import Path
    from lambdas.contracts import Column, Contract
    from local.sources.guesses import Guesses
    from local.sources.samples import Samples

ENTITIES = [
    name for name in BY_ENTITY if name not in {"date", "cart", "category_tree", "interaction"}
]
AT_LEAST = 0.6
"""The share of an entity's needed columns that have to be found for it to be drafted."""

FEWEST = 2
"""An id alone is no entity."""

INSTEAD = {"updated_at": "sold_at", "joined_at": "sold_at"}
"""Where a column is not there: whose names may do."""


@dataclass(frozen=True)
class Guess:
    """What stands for a column in the draft, as YAML, and why it is doubtful, if it is."""

    column: Column
    yaml: str
    ways: tuple[Path, ...] = ()
    doubt: str = ""

    @classmethod
    def of(cls, column: Column, *ways: Path, doubt: str = "") -> Guess:
        names = [_scalar(_named(way)) for way in ways]
        return cls(column, names[0] if len(names) == 1 else f"[{', '.join(names)}]", ways, doubt)


class Draft:
    """A mapping for the files that the samples are of; `name` is that of its source."""

    def __init__(self, samples: Samples, name: str, guesses: Guesses) -> None:
        self.samples, self.name, self.guesses = samples, name, guesses
        self._used: set[Path] = set()

    def text(self) -> str:
        entities = [lines for entity in ENTITIES if (lines := self._entity(BY_ENTITY[entity]))]
        unused = [_named(way) for way in self.samples.texts if way not in self._used]
        lines = [
            LINE,
            f"# A draft of {self.samples.rows} rows. What follows ## is a guess to look at.",
            *self._format(),
            *self._reading(),
            *(["# Not asked for: " + ", ".join(unused)] if unused else []),
            "entities:" if entities else "## no entity was found: see docs/sources.md",
            *(line for lines in entities for line in lines),
        ]
        return "\n".join(lines) + "\n"

    def _format(self) -> Iterator[str]:
        for found in self.samples.formats[:1]:
            if found.kind == "delimited":
                delimiter, encoding = _scalar(found.delimiter), _scalar(found.encoding)
                yield f"format: {{delimiter: {delimiter}, encoding: {encoding}}}"
            else:
                yield f"# the files are {found.kind}"

    def _reading(self) -> Iterator[str]:
        amounts = list(self._texts(ColumnType.MONEY))
        mark = self.guesses.decimal_mark(amounts)
        dates = self.guesses.times(list(self._texts(ColumnType.TIMESTAMP)))
        if not (mark or dates):
            return
        yield "reading:"
        if mark:
            yield f'  decimal: "{mark}"'
        if dates:
            yield f"  dates: {json.dumps(dates)}"
            for form in dates:
                if other := self.guesses.doubtful(form, self._texts(ColumnType.TIMESTAMP)):
                    yield f"  ## no sample tells {form} from {other}: say which it is"
            yield "  ## timezone: Europe/Berlin, if times are local ones; without it they are UTC"

    def _texts(self, kind: ColumnType) -> Iterator[str]:
        """What stands in columns whose names are those of such a type."""
        for entity in ENTITIES:
            for column in BY_ENTITY[entity].columns:
                way = self._way(column.name) if column.type is kind else None
                if way is not None:
                    yield from self.samples.texts[way]

    def _entity(self, contract: Contract) -> list[str]:
        needed = [column for column in contract.columns if column.required and not _follows(column)]
        guesses = {each.name: self._guess(contract, each) for each in contract.columns}
        told = [guess for guess in guesses.values() if guess]
        found = [guess for guess in told if guess.ways]
        if any(guesses[name] is None for name in contract.key) or len(found) < FEWEST:
            return []
        if sum(guesses[each.name] is not None for each in needed) < AT_LEAST * len(needed):
            return []
        if all(identifies(contract, guess.column) for guess in found):
            return []
        ways = [way for guess in found for way in guess.ways]
        self._used.update(ways)
        heads = {_named(parted(way)[0]) for way in ways if EACH in way}
        lines = [f"  {contract.entity}:", *(f"    each: {head}" for head in sorted(heads)[:1])]
        lines.append("    columns:")
        lines += [
            f"      {g.column.name}: {g.yaml}" + (f"  ## {g.doubt}" if g.doubt else "")
            for g in told
        ]
        lines += [
            f"      ## {each.name}: is needed. {each.description}"
            for each in needed
            if guesses[each.name] is None
        ]
        return lines

    def _guess(self, contract: Contract, column: Column) -> Guess | None:
        if _follows(column):
            return None
        way = self._way(column.name)
        if way is not None and not self._of_row(column, way):
            way = None
        other = self._way(INSTEAD[column.name]) if column.name in INSTEAD else None
        if way is not None and other is not None and self._has_gaps(way):
            return Guess.of(column, way, other, doubt="the second where the first is empty")
        if way is not None:
            return Guess.of(column, way)
        if column.name in contract.key:
            return self._place(column)
        if other is not None:
            return Guess.of(column, other, doubt="there is no better time")
        return self._otherwise(column)

    def _has_gaps(self, way: Path) -> bool:
        return len(self.samples.texts[way]) < self.samples.rows

    def _of_row(self, column: Column, way: Path) -> bool:
        """Whether a sum is that of the line: where the line's price is."""
        price = self._way("unit_price")
        return column.name != "total_price" or (
            price is not None and (EACH in price) == (EACH in way)
        )

    def _place(self, column: Column) -> Guess | None:
        if column.name == "line_no" and any(EACH in way for way in self.samples.texts):
            return Guess(column, "{sql: parsed.position}")
        return None

    def _otherwise(self, column: Column) -> Guess | None:
        if column.name == "total_price":
            return Guess(column, "{sql: parsed.qty * parsed.unit_price}")
        if column.name in {"category", "category_id"}:
            return Guess(column, f'{{value: "{GENERAL_CATEGORY_ID}", as: own}}', doubt="General")
        if column.name == "vendor_id":
            return Guess(column, f"{{value: {self.name}}}", doubt="the shop itself, by this name")
        return None

    def _way(self, column: str) -> Path | None:
        """The column of the samples that has one of the names, the best name first."""
        by_name = {_bare(_named(way)): way for way in reversed(self.samples.texts)}
        leaves = {_bare(way[-1]): way for way in reversed(self.samples.texts) if len(way) > 1}
        names = [_bare(name) for name in (column, *SYNONYMS.get(column, ()))]
        return next(
            (known[name] for known in (by_name, leaves) for name in names if name in known), None
        )


def _follows(column: Column) -> bool:
    """Whether the mapping need not say it, since it follows from a time."""
    return column.references == "date"


def _named(way: Path) -> str:
    return ".".join(key for key in way if key != EACH)


def _bare(name: str) -> str:
    """Without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", normal(name))
    return "".join(character for character in plain if character.isalnum())


def _scalar(text: str) -> str:
    """As YAML: plain if that can be nothing else."""
    plain = text and all(c.isalnum() or c in " _-./" for c in text) and text == text.strip()
    return text if plain and text[0].isalpha() else json.dumps(text, ensure_ascii=False)
