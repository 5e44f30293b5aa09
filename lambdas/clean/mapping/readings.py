"""How a column's text is read: the parser, as SQL, by the type that the contract gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.clean.mapping import patterns
from lambdas.clean.mapping.model import ABSENT, FALSE, ISO, TRUE, Reading
from lambdas.contracts import ColumnType
from lambdas.engine import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lambdas.clean.mapping.model import FieldMapping, SourceMapping
    from lambdas.contracts import Column, Contract

UTC = "UTC"
ID = "_id"
WHOLE = (ColumnType.BIGINT, ColumnType.INTEGER)
SEPARATOR = "chr(31)"
"""Between the parts of a key, and the values of a row; no text that a shop writes has it."""


@dataclass(frozen=True)
class Parser:
    """`sql` gives a text in the contract's spelling, or NULL, of the text for which `{0}` stands.

    `reads` says to people what is read.
    """

    sql: str
    reads: str


def parser(
    mapping: SourceMapping, contract: Contract, column: Column, field: FieldMapping
) -> Parser:
    """The column's parser, by its type: an id is made of a natural key, in the namespace."""
    owner = identifies(contract, column)
    if is_number(contract, column, field):
        return Parser("natural_number({0})", "parts that tell it from others")
    if owner is not None and is_key(contract, column, field):
        kind = "natural_uuid" if column.type is ColumnType.TEXT else "natural_id"
        scope = (mapping.namespace, owner)
        return Parser(f"{kind}({natural_key(*map(_braced, scope), '{0}')})", "a natural key")
    if field.sql is not None:
        return Parser("{0}", f"what {field.sql} can be computed of")
    return of_type(column.type, settled(field, mapping.reading), field.words or {})


def is_key(contract: Contract, column: Column, field: FieldMapping) -> bool:
    """Whether the field is a key of the source's, to become one of our ids or numbers."""
    own = identifies(contract, column) is not None and field.as_ is None
    return own or is_number(contract, column, field)


def is_number(contract: Contract, column: Column, field: FieldMapping) -> bool:
    """Whether a number in a key, such as a line's, is made of what the source has instead."""
    counts = column.name in contract.key and column.type is ColumnType.INTEGER
    return counts and field.parts is not None


def identifies(contract: Contract, column: Column) -> str | None:
    """What an id is one of, whichever entity has it; None for what is no id.

    Ids that are texts are UUIDs of what is no entity itself: `transaction_id`, of a transaction.
    """
    if column.type is ColumnType.TEXT:
        return column.name.removesuffix(ID) if column.name.endswith(ID) else None
    if column.type is ColumnType.BIGINT:
        return column.references or (contract.entity if column.name in contract.key else None)
    return None


def natural_key(*parts: str) -> str:
    """SQL for the parts of a key as one text; NULL if one of them is."""
    return f" || {SEPARATOR} || ".join(parts)


def settled(field: Reading, common: Reading) -> Reading:
    """What the field says, else what the mapping says."""
    said = {name: getattr(field, name) for name in Reading.model_fields}
    return common.model_copy(
        update={name: value for name, value in said.items() if value is not None}
    )


def of_type(kind: ColumnType, reading: Reading, words: Mapping[str, Sequence[str]]) -> Parser:
    match kind:
        case ColumnType.TEXT:
            return _words(words, "{0}") if words else Parser("{0}", "a text")
        case ColumnType.BOOLEAN:
            return _words(words or {"true": TRUE, "false": FALSE}, "null")
        case ColumnType.TIMESTAMP:
            return _time(reading)
        case _:
            number = _number(kind, reading)
            return _words(words, number.sql) if words else number


def absent(reading: Reading) -> str:
    """The pattern of the words that say nothing."""
    return patterns.words(ABSENT if reading.absent is None else reading.absent)


def _words(words: Mapping[str, Sequence[str]], otherwise: str) -> Parser:
    """Synonyms; what is written itself is always among them."""
    cases = "".join(
        f" when regexp_matches({{0}}, {_braced(patterns.words([meant, *said]))})"
        f" then {_braced(meant)}"
        for meant, said in words.items()
    )
    known = ", ".join(words)
    return Parser(f"case{cases} else {otherwise} end", f"one of the words for {known}")


def _number(kind: ColumnType, reading: Reading) -> Parser:
    currency = patterns.NO_CURRENCY if kind in WHOLE else patterns.currencies(reading.currency)
    mark = reading.decimal or "auto"
    marks = (".", ",") if mark == "auto" else (mark,)
    readings = [_read_number(each, currency) for each in marks]
    slow = readings[0] if len(readings) == 1 else f"either({', '.join(readings)})"
    plain = _braced(patterns.plain_number(marks))
    sql = f"case when regexp_matches({{0}}, {plain}) then replace({{0}}, ',', '.') else {slow} end"
    name = "a whole number" if kind in WHOLE else "an amount"
    if mark == "auto":
        return Parser(sql, f"{name} whose decimal mark is beyond doubt")
    of = f" in {' or '.join(reading.currency)}" if reading.currency and kind not in WHOLE else ""
    return Parser(sql, f"{name} with the decimal mark {mark!r}{of}")


def _read_number(mark: str, currency: str) -> str:
    found = _found("plain({0})", patterns.number(mark, currency), patterns.NUMBER_GROUPS)
    return f"read_number({found})"


def _time(reading: Reading) -> Parser:
    formats, zone = reading.dates or ISO, reading.timezone or UTC
    tried = ", ".join(_moment(form, zone) for form in formats)
    return Parser(f"spelled_time(coalesce({tried}))", f"a time as {' or '.join(formats)}")


def _moment(form: str, zone: str) -> str:
    """SQL for the moment in UTC that a text of this format tells."""
    if form == "iso":
        found = _found("{0}", patterns.ISO_8601, patterns.ISO_GROUPS)
        return f"read_iso({found}, {_braced(zone)})"
    if form in patterns.EPOCHS:
        return _if_matches(patterns.EPOCH, f"read_epoch({{0}}, {patterns.EPOCHS[form]})")
    read = f"try_strptime({{0}}, {_braced(form)})"
    if "%z" in form:
        read = f"{read} at time zone {literal(UTC)}"
    elif patterns.has_clock(form):
        read = f"utc_of({read}, {_braced(zone)})"
    return _if_matches(patterns.strptime(form), read)


def _found(text: str, pattern: str, groups: Iterable[str]) -> str:
    """SQL for the pattern's groups in a text, by name."""
    names = ", ".join(map(literal, groups))
    return f"regexp_extract({text}, {_braced(pattern)}, [{names}])"


def _if_matches(pattern: str, sql: str) -> str:
    return f"case when regexp_matches({{0}}, {_braced(pattern)}) then {sql} end"


def _braced(text: str) -> str:
    """A literal in a text that is formatted later."""
    return literal(text).replace("{", "{{").replace("}", "}}")
