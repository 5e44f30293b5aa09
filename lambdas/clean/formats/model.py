"""What a file's reader is told, what it finds, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lambdas.clean.formats.encodings import canonical

if TYPE_CHECKING:
    from lambdas.clean.reasons import Rejection

Kind = Literal["delimited", "ndjson", "json", "parquet", "mail", "empty", "unreadable"]

EACH = "[]"
"""In the way to a field: any member of the list that the keys before it lead to."""


@dataclass(frozen=True, slots=True)
class Row:
    """One data record of an object, or what stands in the place of one.

    `number` counts records from 1 (a header is none); 0 is the object as a whole. `offset` is that
    of the record's first byte in the unpacked object, `original` its bytes as they stood, without
    the line's end, cut at `MAX_LINE_BYTES` + 1. With a `fault` there are no fields.

    `fields`: texts by column of a delimited file; of JSON its values, but as texts, as they are
    spelled, the numbers with a fraction or an exponent, or of more than 18 characters, and NaN.
    """

    number: int
    offset: int
    fields: dict[str, Any]
    original: bytes
    fault: Rejection | None = None


@dataclass(frozen=True)
class Format:
    """What an object's bytes show it to be.

    `columns` are those of a delimited file, in its order. `width` is the number of fields that its
    rows must have: one more than there are columns if every row ends in a delimiter.
    """

    kind: Kind
    packed: bool = False
    encoding: str = ""
    delimiter: str = ""
    columns: tuple[str, ...] = ()
    width: int = 0
    header: bool = False


@dataclass(frozen=True)
class Hints:
    """What a mapping knows of its files. The bytes count more; hints decide what they leave open.

    `encoding` is for text that is not UTF-8 or UTF-16 by its bytes: a charset of one byte a
    character, or a UTF. `header` says whether the first record names the columns; None lets the
    record itself tell. `columns` name those of a file without header, and replace the names of one
    that is said to have a header. `quote` may be empty: then no character quotes. `record_path`
    are the names that lead from a JSON document to the array of its records.
    Raises ValueError.
    """

    encoding: str = ""
    delimiter: str = ""
    quote: str = '"'
    header: bool | None = None
    columns: tuple[str, ...] = ()
    record_path: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.delimiter) > 1 or self.delimiter in {"\r", "\n", "\0"}:
            raise ValueError(f"delimiter {self.delimiter!r} is not one character within a line")
        if len(self.quote) > 1 or self.quote in {"\r", "\n", "\0"}:
            raise ValueError(f"quote {self.quote!r} is not one character within a line")
        if self.quote and self.quote == self.delimiter:
            raise ValueError(f"{self.quote!r} cannot be both quote and delimiter")
        if not (self.delimiter + self.quote).isascii():
            raise ValueError("delimiter and quote have to be ASCII")
        if self.encoding:
            canonical(self.encoding)
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("columns have to differ from one another")


@dataclass(frozen=True)
class Position:
    """Where reading goes on in the same object.

    `offset` is in its unpacked bytes, `number` counts the rows before it, and `memory` is what the
    format's reader has to know besides.
    """

    offset: int = 0
    number: int = 0
    memory: str = ""
