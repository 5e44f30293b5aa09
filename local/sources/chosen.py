"""Which field of a shop's export may stand for a column of a contract, by the fields' names."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lambdas.clean.formats import EACH
from lambdas.clean.mapping.names import normal
from lambdas.contracts import GENERAL_CATEGORY_ID
from local.sources.words import NUMBERED, SYNONYMS, WORDS

if TYPE_CHECKING:
    from lambdas.clean.mapping.names import Path
    from lambdas.contracts import Column, Contract
    from local.sources.samples import Samples

INSTEAD = {"updated_at": "sold_at", "joined_at": "sold_at"}
"""Where a column is not there: whose names may do."""

NO_BETTER_TIME = "there is no better time"
NAME_PARTS = {
    "first_name": r"regexp_extract({}, '^\S+')",
    "last_name": r"regexp_extract({}, '(?:^\S+\s+)?(.+)$', 1)",
}
"""What comes before the first space, and all behind it; of a single word, that word twice."""

ASIDE = re.compile(r"\([^)]*\)|\[[^]]*\]")
QUALIFIERS = {
    *("ttc", "ht", "brutto", "netto", "gross", "net", "incl", "excl", "inc", "ex", "vat", "tax"),
    *("mwst", "ust", "tva", "iva", "eur", "usd", "gbp", "chf", "utc", "gmt"),
}
"""What names say beside what they name: `Prix unitaire TTC`, `Created date (UTC)`."""

PARTLY = "by a part of its name alone"
PLAIN_SUM = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
COMMA = re.compile(r",[0-9]{1,2}\D*$")
"""At the end of an amount, a decimal mark."""

NUMBER = re.compile(r"#?[A-Za-z]{0,4}-?[0-9]{2,}")
"""`#1001`, as some shops number their orders under a name that says nothing of it."""


@dataclass(frozen=True)
class Guess:
    """What stands for a column in the draft, as YAML, and why it is doubtful, if it is."""

    column: Column
    yaml: str
    ways: tuple[Path, ...] = ()
    doubt: str = ""

    @classmethod
    def of(cls, column: Column, *ways: Path, doubt: str = "") -> Guess:
        return cls(column, listed(ways), ways, doubt)


@dataclass(frozen=True)
class Chosen:
    """Guesses for the files that the samples are of; `shop` is what their owner is called."""

    samples: Samples
    shop: str

    def guess(self, contract: Contract, column: Column) -> Guess | None:
        if column.references == "date":
            return None  # it follows from a time
        divided = column.name == "total_price" and self._each_of_sum()
        if not divided and (found := self._by_name(column)):
            return found
        if column.name in contract.key:
            return self._key(column)
        return self._otherwise(column)

    def _by_name(self, column: Column) -> Guess | None:
        """The field of that name, or another whose name may do."""
        way = self.way(column.name)
        other = self.way(INSTEAD[column.name]) if column.name in INSTEAD else None
        if way is not None and other not in {None, way} and self.has_gaps(way):
            return Guess.of(column, way, other, doubt="the second where the first is empty")
        found = way or other
        if found is None:
            return None
        if words := WORDS.get(column.name):
            said = f"{{from: {scalar(named(found))}, words: {json.dumps(words)}}}"
            return Guess(column, said, (found,))
        if found == other:
            return Guess.of(column, found, doubt=NO_BETTER_TIME)
        return Guess.of(column, found, doubt=PARTLY if self._partly(column, found) else "")

    def _partly(self, column: Column, way: Path) -> bool:
        """Whether another thing may be meant: `device.category` is no item's."""
        names = {_bare(name) for name in (column.name, *SYNONYMS.get(column.name, ()))}
        known = column.name == "transaction_id" or _bare(named(way)) in names
        return not known and EACH not in way

    def way(self, column: str) -> Path | None:
        """The field of the samples that has one of the column's names, the best name first."""
        if column == "transaction_id":
            return self._order
        found = self._named(column, *SYNONYMS.get(column, ()), besides=self._order)
        return None if column == "total_price" and not self._of_line(found) else found

    @cached_property
    def _order(self) -> Path | None:
        found = self._named(*SYNONYMS["transaction_id"])
        numbered = self._named(*NUMBERED)
        texts = self.samples.texts[numbered] if numbered else []
        return numbered if not found and texts and all(map(NUMBER.fullmatch, texts)) else found

    def has_gaps(self, way: Path) -> bool:
        return self.lacking(way) > 0

    def lacking(self, way: Path) -> int:
        """How many records have no such field; none are told of a list's members."""
        return 0 if EACH in way else len(self.samples.records) - len(self.samples.texts[way])

    def stands_above(self, way: Path) -> bool:
        """Whether other rows of the orders have it, as where only an order's first row is full."""
        order = self._order
        if order is None or len(order) > 1 or len(way) > 1:
            return False
        with_it = {row.get(order[0]) for row in self.samples.records if row.get(way[0])}
        return {row.get(order[0]) for row in self.samples.records} <= with_it

    def _named(self, *names: str, besides: Path | None = None) -> Path | None:
        """The field with the best name, rather one that every record has.

        None `besides` one: `name`, if that is an order's number, is no item's name as well.
        """
        by_name = {_bare(named(way)): way for way in reversed(self.samples.texts)}
        leaves = {_bare(way[-1]): way for way in reversed(self.samples.texts) if len(way) > 1}
        loose = {_bare(_unqualified(way[-1])): way for way in reversed(self.samples.texts)}
        bare = [_bare(name) for name in names]
        found = [
            known[name]
            for known in (by_name, leaves, loose)
            for name in bare
            if name in known and known[name] != besides
        ]
        return min(found, key=self.has_gaps, default=None)

    def _of_line(self, total: Path | None) -> bool:
        """Whether a sum is that of a line, not of its order: it is wherever the quantity is."""
        qty = self.way("qty")
        if total is None or qty is None:
            return False
        return (EACH in qty) == (EACH in total) and self.lacking(total) <= self.lacking(qty)

    def _key(self, column: Column) -> Guess | None:
        """What may stand for a key that the samples do not have under any of its names."""
        if column.name == "line_no":
            return self._line_number(column)
        if column.name == "interaction_id":
            names = ("session_id", "occurred_at", "interaction_type", "item_id")
            ways = [way for name in names if (way := self.way(name))]
            told = len(ways) == len(names)
            return _of_parts(column, ways, "tells events apart") if told else None
        return None

    def _line_number(self, column: Column) -> Guess | None:
        order, item = self.way("transaction_id"), self.way("item_id")
        if order is None or item is None:
            return None
        if EACH in item:
            own = (*item[:-1], "id")
            if own in self.samples.texts and own != item:
                return _of_parts(column, [own], "tells the lines of an order apart")
            return Guess(column, "{sql: parsed.position}", doubt="lines have no number")
        parts = [item]
        if not self.samples.tell(order, item):
            more = (self.way(name) for name in ("unit_price", "qty", "total_price"))
            parts += [way for way in more if way is not None]
        if not self.samples.tell(order, *parts):
            return _of_parts(column, parts, "rows of an order that say the same there are one line")
        return _of_parts(column, parts, "tells the lines of an order apart")

    def _otherwise(self, column: Column) -> Guess | None:
        each = self._each_of_sum()
        if column.name == "total_price":
            price = each or "parsed.unit_price"
            return Guess(column, f"{{sql: {scalar(f'parsed.qty * {price}')}}}")
        if column.name == "unit_price" and each and (total := self.way("total_price")):
            sql = f"{{sql: {scalar(each)}}}"
            return Guess(column, sql, (total,), doubt="what does not divide is lost")
        whole = self.way("full_name") if column.name in NAME_PARTS else None
        if whole is not None and self._is_of_people(whole):
            cut = NAME_PARTS[column.name].format(in_sql(whole))
            return Guess(column, f"{{sql: {scalar(cut)}}}", (whole,), doubt="cut out of the name")
        if column.name in {"category", "category_id"}:
            return Guess(column, f'{{value: "{GENERAL_CATEGORY_ID}", as: own}}', doubt="General")
        if column.name == "vendor_id":
            return Guess(
                column, f"{{value: {scalar(self.shop)}}}", doubt="the shop itself, by this name"
            )
        return None

    def _each_of_sum(self) -> str:
        """SQL for the price of one, where an export has but the line's sum; else nothing."""
        total = self.way("total_price")
        if total is None or self.way("unit_price") is not None:
            return ""
        sum_ = f"cast({self._as_number(total)} as decimal(18, 4))"
        # A quotient is a float to the engine.
        return f"cast({sum_} / parsed.qty as decimal(18, 2))"

    def _as_number(self, way: Path) -> str:
        """SQL for what can be cast: an amount's text without currency and marks of thousands."""
        name, texts = in_sql(way), self.samples.texts[way]
        if all(map(PLAIN_SUM.fullmatch, texts)):
            return name
        if any(map(COMMA.search, texts)):
            return f"replace(regexp_replace({name}, '[^0-9,()-]', '', 'g'), ',', '.')"
        return f"regexp_replace({name}, '[^0-9.()-]', '', 'g')"

    def _is_of_people(self, way: Path) -> bool:
        """Whether names stand there that can be cut: keys, such as `cus_17`, have digits."""
        texts = self.samples.texts[way]
        return any(" " in text.strip() for text in texts) or not any(
            character.isdigit() for text in texts for character in text
        )


def _of_parts(column: Column, ways: list[Path], doubt: str) -> Guess:
    names = ", ".join(scalar(named(way)) for way in ways)
    return Guess(column, f"{{parts: [{names}]}}", tuple(ways), doubt)


def named(way: Path) -> str:
    return ".".join(key for key in way if key != EACH)


def listed(ways: tuple[Path, ...]) -> str:
    """One name, or several, as YAML."""
    names = [scalar(named(way)) for way in ways]
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def in_sql(way: Path) -> str:
    """A field's name as the expressions of a mapping have it; `order` is a word of SQL's."""
    return '"' + named(way).replace('"', '""') + '"'


def scalar(text: str) -> str:
    """As YAML: plain if that can be nothing else."""
    plain = text and all(c.isalnum() or c in " _-./" for c in text) and text == text.strip()
    return text if plain and text[0].isalpha() else json.dumps(text, ensure_ascii=False)


def _bare(name: str) -> str:
    """Without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", normal(name))
    return "".join(character for character in plain if character.isalnum())


def _unqualified(name: str) -> str:
    """Without what a name says beside."""
    words = ASIDE.sub(" ", name).split()
    return " ".join(word for word in words if word.casefold().strip(".") not in QUALIFIERS)
