"""A draft of a mapping, out of samples: names and values are guessed at, and the guesses told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lambdas.clean.formats import EACH
from lambdas.clean.mapping.model import Reading
from lambdas.clean.mapping.names import parted
from lambdas.clean.mapping.readings import identifies
from lambdas.contracts import BY_ENTITY, ColumnType, Kind
from local.sources.chosen import Chosen, in_sql, listed, named, scalar
from local.sources.doubts import Doubts
from local.sources.guesses import FORMATS
from local.sources.schema import LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.mapping.names import Path
    from lambdas.contracts import Column, Contract
    from local.sources.chosen import Guess
    from local.sources.guesses import Guesses
    from local.sources.samples import Samples

ENTITIES = [name for name in BY_ENTITY if name not in {"date", "cart", "category_tree"}]
AT_LEAST = 0.6
"""The share of an entity's needed columns that have to be found for it to be drafted."""

FEWEST = 2
"""An id alone is no entity."""

SALE, FEW = "transaction_line", 2
"""What exports are mostly of: drafted also if its key is not found, and few other things lack."""


class Draft:
    """A mapping for the files that the samples are of; `shop` is what their owner is called.

    `shared`: other files of the shop have mappings too.
    """

    def __init__(
        self, samples: Samples, shop: str, guesses: Guesses, *, shared: bool = False
    ) -> None:
        self.samples, self.guesses, self.shared = samples, guesses, shared
        self.chosen = Chosen(samples, shop)
        self._used: set[Path] = set()

    def text(self) -> str:
        drafts = [draft for entity in ENTITIES if (draft := self._entity(BY_ENTITY[entity]))]
        whole = [draft for draft in drafts if not draft.missing]
        entities = whole + [
            draft.set_aside() if whole else draft for draft in drafts if draft.missing
        ]
        if not entities:
            likest = max((SALE, *ENTITIES), key=lambda entity: self._likeness(BY_ENTITY[entity]))
            guesses = self._guesses(BY_ENTITY[likest])
            entities = [self._drafted(BY_ENTITY[likest], guesses).set_aside()]
        found = "entities:" if drafts else "entities:  ## no entity was found; this is a start"
        lines = [*self._head(), found, *(line for draft in entities for line in draft.lines)]
        return "\n".join(lines) + "\n"

    def _head(self) -> Iterator[str]:
        """What is said before the entities, once they are drafted."""
        yield LINE
        yield f"# A draft of {self.samples.rows} rows. What follows ## is a guess to look at."
        yield from self._namespace()
        yield from self._format()
        yield from self._reading()
        yield from self._version()
        unused = [named(way) for way in self.samples.texts if way not in self._used]
        if unused:
            yield "# Not asked for: " + ", ".join(unused)

    def _namespace(self) -> Iterator[str]:
        told = f"namespace: {scalar(self.chosen.shop)}"
        if self.shared:
            yield f"{told}  ## a key is one and the same in all files under it"
        else:
            yield f"## {told}, in each mapping, if others of the shop's files have mappings too"

    def _format(self) -> Iterator[str]:
        if 2 * len(self.samples.faults) > self.samples.rows:
            yield "## most rows cannot be read: does another line stand above the header?"
        for found in self.samples.formats[:1]:
            if found.kind == "delimited":
                delimiter, encoding = scalar(found.delimiter), scalar(found.encoding)
                yield f"format: {{delimiter: {delimiter}, encoding: {encoding}}}"
            elif self.samples.within:
                yield f"format: {{records: {scalar('.'.join(self.samples.within))}}}"
            else:
                yield f"# the files are {found.kind}"

    def _reading(self) -> Iterator[str]:
        if not (self.doubts.mark or self.doubts.dates):
            return
        yield "reading:"
        if self.doubts.mark:
            yield f'  decimal: "{self.doubts.mark}"'
        if dates := self.doubts.dates:
            yield f"  dates: {json.dumps(dates)}"
            for form in dates:
                if other := self.guesses.doubtful(form, self._read_by(form)):
                    yield f"  ## no sample tells {form} from {other}: say which it is"
            yield "  ## timezone: Europe/Berlin, if times are local ones; without it they are UTC"

    @cached_property
    def doubts(self) -> Doubts:
        mark = self.guesses.decimal_mark(
            text for texts in self._columns(ColumnType.MONEY) for text in texts
        )
        forms = {
            self._told(form)
            for texts in self._columns(ColumnType.TIMESTAMP)
            for form in self.guesses.times(texts)
        }
        return Doubts(self.chosen, self.guesses, sorted(forms, key=FORMATS.index), mark)

    def _told(self, form: str) -> str:
        """The format, or what it is with days for months, if another column tells that."""
        other = self.guesses.doubtful(form, self._read_by(form))
        anywhere = [text for texts in self.samples.texts.values() for text in texts]
        return other if other and self.guesses.reads_more(other, form, anywhere) else form

    def _read_by(self, form: str) -> list[str]:
        """The texts of the columns of times that are read in this format."""
        texts = [text for texts in self._columns(ColumnType.TIMESTAMP) for text in texts]
        unread = self.guesses.unread(texts, Reading(dates=(form,)))
        return [text for text in texts if text not in {*unread}]

    def _columns(self, kind: ColumnType) -> list[list[str]]:
        """What stands in columns whose names are those of such a type, by column."""
        ways = [
            self.chosen.way(column.name)
            for entity in ENTITIES
            for column in BY_ENTITY[entity].columns
            if column.type is kind
        ]
        return [self.samples.texts[way] for way in dict.fromkeys(ways) if way is not None]

    def _version(self) -> Iterator[str]:
        """What tells a record's states apart: when it changed, or else when it was."""
        ways = [self.chosen.way(name) for name in ("updated_at", "sold_at")]
        flat = tuple(way for way in ways if way is not None and EACH not in way)
        if flat:
            yield f"version: {{time: {listed(flat)}}}  ## of two states of one key the later holds"

    def _entity(self, contract: Contract) -> Drafted | None:
        """None if too little of it is found."""
        guesses = self._guesses(contract)
        found = [guess for guess in guesses.values() if guess and guess.ways]
        needed, missing = _needed(contract), _missing(contract, guesses)
        keyed = all(guesses[name] for name in contract.key)
        keyed = keyed or (contract.entity == SALE and len(missing) <= FEW)
        if len(found) < FEWEST or not keyed:
            return None
        if len(missing) > (1 - AT_LEAST) * len(needed):
            return None
        if all(identifies(contract, guess.column) for guess in found):
            return None
        return self._drafted(contract, guesses)

    def _guesses(self, contract: Contract) -> dict[str, Guess | None]:
        return {each.name: self.chosen.guess(contract, each) for each in contract.columns}

    def _likeness(self, contract: Contract) -> float:
        """The share of the needed columns for which there is a field."""
        guesses, needed = self._guesses(contract), _needed(contract)
        fields = [each for each in needed if (guess := guesses[each.name]) and guess.ways]
        return len(fields) / len(needed)

    def _drafted(self, contract: Contract, guesses: dict[str, Guess | None]) -> Drafted:
        told = [guess for guess in guesses.values() if guess]
        missing = _missing(contract, guesses)
        ways = [way for guess in told for way in guess.ways]
        self._used.update(ways)
        heads = {named(parted(way)[0]) for way in ways if EACH in way}
        lines = [f"  {contract.entity}:", *(f"    each: {head}" for head in sorted(heads)[:1])]
        lines += [f"    when: {each}" for each in self._when(contract, guesses)]
        lines.append("    columns:")
        lines += [
            f"      {each.column.name}: {each.yaml}" + (f"  ## {doubt}" if doubt else "")
            for each in told
            for doubt in ["; ".join(self._doubts(contract, each))]
        ]
        lines += [f"      ## {each.name}: is needed. {each.description}" for each in missing]
        return Drafted(lines, [each.name for each in missing])

    def _when(self, contract: Contract, guesses: dict[str, Guess | None]) -> Iterator[str]:
        """A record that lacks what a dimension's member needs tells of none."""
        if contract.kind is not Kind.DIMENSION:
            return
        ways = [
            guess.ways[0]
            for guess in guesses.values()
            if guess and guess.column.required and len(guess.ways) == 1
        ]
        lacking = dict.fromkeys(in_sql(way) for way in ways if self.chosen.has_gaps(way))
        if lacking:
            yield scalar(" and ".join(f"{name} is not null" for name in lacking))

    def _doubts(self, contract: Contract, guess: Guess) -> Iterator[str]:
        told = (guess.doubt, self._gaps(contract, guess), *self.doubts.of(contract, guess))
        yield from filter(None, told)

    def _gaps(self, contract: Contract, guess: Guess) -> str:
        """What is said of a needed column that some records lack."""
        lack = self.chosen.lacking(guess.ways[0]) if len(guess.ways) == 1 else 0
        if not lack or contract.kind is Kind.DIMENSION or not guess.column.required:
            return ""
        told = f"{lack} of {self.samples.rows} records have none: refused, without a `default`"
        above = self.chosen.stands_above(guess.ways[0])
        return f"{told}; other rows of their orders do" if above else f"{told} or a `when`"


@dataclass(frozen=True)
class Drafted:
    """One entity's part of a draft, and the needed columns for which nothing was found."""

    lines: list[str]
    missing: list[str]

    def set_aside(self) -> Drafted:
        """As a comment, so that the rest of the draft can be used as it is."""
        head = f"  ## lacks {', '.join(self.missing)}: say these, and take the marks off"
        return Drafted([head, *(f"  # {line.removeprefix('  ')}" for line in self.lines)], [])


def _needed(contract: Contract) -> list[Column]:
    return [column for column in contract.columns if column.required and not _follows(column)]


def _missing(contract: Contract, guesses: dict[str, Guess | None]) -> list[Column]:
    return [column for column in _needed(contract) if guesses[column.name] is None]


def _follows(column: Column) -> bool:
    """Whether the mapping need not say it, since it follows from a time."""
    return column.references == "date"
