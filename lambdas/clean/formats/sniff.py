"""What a text is, told by its first lines: NDJSON, JSON, or delimited (how, with what header).

Hints decide only what the lines leave open.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from lambdas.clean.formats.delimited import Dialect, Records
from lambdas.clean.formats.lines import MAX_LINE_BYTES, at_any_end, lines
from lambdas.clean.formats.values import DECODER
from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from lambdas.clean.formats.delimited import Record
    from lambdas.clean.formats.encodings import Encoding
    from lambdas.clean.formats.model import Hints, Kind

DELIMITERS = ("\x01", "\x1f", "\t", ";", "|", ",")
"""From the one that texts and decimals hold least to the one that they hold most. The first ones
are Hive's and Unix's."""

SAMPLE = 50
VALUE = re.compile(r"\W*\d[\d.,:/\-\s]*\W*|\d{4}-\d\d-\d\dT.*")
"""A number, an amount of money, a date: what is a value and no column's name."""

JSON = re.compile(rb"""\s*(\{\s*["}]|\[\s*([\]\[{"\d]|-\d|true|false|null))""")
"""How a JSON document begins; a header may begin with a bracket too."""


@dataclass(frozen=True)
class Sheet:
    """How a delimited text is laid out; see `Format` for what the parts mean."""

    dialect: Dialect
    columns: tuple[str, ...]
    width: int
    header: bool


def json_kind(text: bytes, encoding: Encoding, record_path: tuple[str, ...]) -> Kind | None:
    """NDJSON if half of the first lines are a JSON object each, and the records are not in them."""
    found = [line for line in islice(text.splitlines(), SAMPLE) if line and not line.isspace()]
    objects = [each for line in found if (each := _object(line, encoding)) is not None]
    if objects and 2 * len(objects) >= len(found):
        nested = record_path and all(record_path[0] in each for each in objects)
        return "json" if nested else "ndjson"
    return "json" if JSON.match(text) else None


def _object(line: bytes, encoding: Encoding) -> dict[str, Any] | None:
    if not line.lstrip().startswith(b"{"):
        return None
    try:
        value = DECODER.decode(encoding.decode(line))
    except (ValueError, RecursionError, RejectedError):
        return None
    return value if isinstance(value, dict) else None


def sheet(text: bytes, encoding: Encoding, hints: Hints) -> Sheet:
    """How a delimited text is laid out that begins with `text`, whole lines if it goes on.

    Raises RejectedError if its header cannot be read, or names a column more than once.
    """
    candidates = [
        Dialect(each, hints.quote)
        for each in dict.fromkeys([*filter(None, [hints.delimiter]), *DELIMITERS])
        if each != hints.quote
    ]
    sampled = {each: _sample(text, encoding, each) for each in candidates}
    best = max(candidates, key=lambda each: _score(sampled[each], each, hints))
    if not _is_split(sampled[best]):
        best = next(
            (each for each in candidates if each.delimiter == (hints.delimiter or ",")), best
        )
    records = sampled[best]
    return _laid_out(best, records, hints)


def _sample(text: bytes, encoding: Encoding, dialect: Dialect) -> list[Record]:
    found = lines([text], MAX_LINE_BYTES, at_any_end)
    return list(islice(Records(found, encoding, dialect), SAMPLE))


def _is_split(records: list[Record]) -> bool:
    return len(_first(records)) > 1


def _first(records: list[Record]) -> list[str]:
    return records[0].values if records else []


def _score(records: list[Record], dialect: Dialect, hints: Hints) -> tuple[float, ...]:
    """The share of rows as wide as the first one; then the hint; then how wide that is."""
    width = len(_first(records))
    alike = sum(len(each.values) in {width, width + _has_rest(each)} for each in records)
    share = round(alike / len(records), 1) if width > 1 else 0
    hinted = dialect.delimiter == hints.delimiter
    return share, hinted, width, -DELIMITERS.index(dialect.delimiter) if not hinted else 1


def _has_rest(record: Record) -> bool:
    """Whether the row ends in a delimiter."""
    return bool(record.values) and not record.values[-1]


def _laid_out(dialect: Dialect, records: list[Record], hints: Hints) -> Sheet:
    header = _is_header(records, hints)
    rows = records[1:] if header else records
    if not header:
        width = len(hints.columns) or _common_width(rows)
        names = hints.columns or tuple(f"column_{number}" for number in range(1, width + 1))
        return Sheet(dialect, names, width + _trailing(rows, width + 1), header)
    first = records[0]
    if first.fault:
        raise RejectedError(first.fault.at("the header"))
    names = hints.columns if hints.header and hints.columns else _names(first.values)
    width = len(names)
    if not first.values[-1].strip() and not hints.columns and (not rows or _trailing(rows, width)):
        return Sheet(dialect, _distinct(names[:-1]), width, header)
    return Sheet(dialect, _distinct(names), width + _trailing(rows, width + 1), header)


def _is_header(records: list[Record], hints: Hints) -> bool:
    if hints.header is not None or not records:
        return bool(hints.header and records)
    names = [name.strip() for name in records[0].values]
    if hints.columns:
        known = {name.casefold() for name in hints.columns}
        return 2 * sum(name.casefold() in known for name in names) >= len(known)
    return not any(map(VALUE.fullmatch, names))


def _names(values: list[str]) -> tuple[str, ...]:
    return tuple(name.strip() or f"column_{at}" for at, name in enumerate(values, start=1))


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    for name, times in Counter(names).items():
        if times > 1:
            raise RejectedError(Reason.REPEATED_COLUMN.of(repr(name)))
    return names


def _common_width(rows: list[Record]) -> int:
    widths = Counter(len(row.values) for row in rows if not row.fault)
    return widths.most_common(1)[0][0] if widths else 0


def _trailing(rows: list[Record], width: int) -> bool:
    """Whether most rows have `width` fields, the last of which is empty."""
    ending = sum(len(row.values) == width and not row.values[-1] for row in rows)
    return 2 * ending > len(rows)
