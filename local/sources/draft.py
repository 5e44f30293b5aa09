"""A draft of a mapping, out of samples: names and values are guessed at, and the guesses told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.clean.formats import EACH
from lambdas.clean.mapping.names import parted
from lambdas.clean.mapping.readings import identifies
from lambdas.contracts import BY_ENTITY, ColumnType, Kind
from local.sources.chosen import Chosen, in_sql, listed, named, scalar
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
        unused = [named(way) for way in self.samples.texts if way not in self._used]
        lines = [
            LINE,
            f"# A draft of {self.samples.rows} rows. What follows ## is a guess to look at.",
            *self._namespace(),
            *self._format(),
            *self._reading(),
            *self._version(),
            *(["# Not asked for: " + ", ".join(unused)] if unused else []),
            "entities:" if entities else "## no entity was found: see docs/sources.md",
            *(line for draft in entities for line in draft.lines),
        ]
        return "\n".join(lines) + "\n"

    def _namespace(self) -> Iterator[str]:
        told = f"namespace: {scalar(self.chosen.shop)}"
        if self.shared:
            yield f"{told}  ## a key is one and the same in all files under it"
        else:
            yield f"## {told}, in each mapping, if others of the shop's files have mappings too"

    def _format(self) -> Iterator[str]:
        for found in self.samples.formats[:1]:
            if found.kind == "delimited":
                delimiter, encoding = scalar(found.delimiter), scalar(found.encoding)
                yield f"format: {{delimiter: {delimiter}, encoding: {encoding}}}"
            elif self.samples.within:
                yield f"format: {{records: {scalar('.'.join(self.samples.within))}}}"
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
            dates = [self._told(form) for form in dates]
            yield f"  dates: {json.dumps(dates)}"
            for form in dates:
                if other := self.guesses.doubtful(form, self._texts(ColumnType.TIMESTAMP)):
                    yield f"  ## no sample tells {form} from {other}: say which it is"
            yield "  ## timezone: Europe/Berlin, if times are local ones; without it they are UTC"

    def _told(self, form: str) -> str:
        """The format, or what it is with days for months, if another column tells that."""
        other = self.guesses.doubtful(form, self._texts(ColumnType.TIMESTAMP))
        anywhere = [text for texts in self.samples.texts.values() for text in texts]
        return other if other and self.guesses.reads_more(other, form, anywhere) else form

    def _texts(self, kind: ColumnType) -> Iterator[str]:
        """What stands in columns whose names are those of such a type."""
        for entity in ENTITIES:
            for column in BY_ENTITY[entity].columns:
                way = self.chosen.way(column.name) if column.type is kind else None
                if way is not None:
                    yield from self.samples.texts[way]

    def _version(self) -> Iterator[str]:
        """What tells a record's states apart: when it changed, or else when it was."""
        ways = [self.chosen.way(name) for name in ("updated_at", "sold_at")]
        flat = tuple(way for way in ways if way is not None and EACH not in way)
        if flat:
            yield f"version: {{time: {listed(flat)}}}  ## of two states of one key the later holds"

    def _entity(self, contract: Contract) -> Drafted | None:
        needed = [column for column in contract.columns if column.required and not _follows(column)]
        guesses = {each.name: self.chosen.guess(contract, each) for each in contract.columns}
        told = [guess for guess in guesses.values() if guess]
        found = [guess for guess in told if guess.ways]
        missing = [column for column in needed if guesses[column.name] is None]
        keyed = all(guesses[name] for name in contract.key)
        keyed = keyed or (contract.entity == SALE and len(missing) <= FEW)
        if len(found) < FEWEST or not keyed:
            return None
        if len(missing) > (1 - AT_LEAST) * len(needed):
            return None
        if all(identifies(contract, guess.column) for guess in found):
            return None
        ways = [way for guess in found for way in guess.ways]
        self._used.update(ways)
        heads = {named(parted(way)[0]) for way in ways if EACH in way}
        lines = [f"  {contract.entity}:", *(f"    each: {head}" for head in sorted(heads)[:1])]
        lines += [f"    when: {each}" for each in self._when(contract, guesses)]
        lines.append("    columns:")
        lines += [
            f"      {each.column.name}: {each.yaml}" + (f"  ## {doubt}" if doubt else "")
            for each in told
            for doubt in [each.doubt or self._gaps(contract, each)]
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

    def _gaps(self, contract: Contract, guess: Guess) -> str:
        """What is said of a needed column that some records lack."""
        lack = self.chosen.lacking(guess.ways[0]) if len(guess.ways) == 1 else 0
        if not lack or contract.kind is Kind.DIMENSION or not guess.column.required:
            return ""
        return f"{lack} of {self.samples.rows} records have none: refused, without a `default`"


@dataclass(frozen=True)
class Drafted:
    """One entity's part of a draft, and the needed columns for which nothing was found."""

    lines: list[str]
    missing: list[str]

    def set_aside(self) -> Drafted:
        """As a comment, so that the rest of the draft can be used as it is."""
        head = f"  ## lacks {', '.join(self.missing)}: say these, and take the marks off"
        return Drafted([head, *(f"  # {line.removeprefix('  ')}" for line in self.lines)], [])


def _follows(column: Column) -> bool:
    """Whether the mapping need not say it, since it follows from a time."""
    return column.references == "date"
