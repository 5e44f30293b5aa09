"""Records as the bytes of a file: format, delimiter, encoding and packing, whatever its name."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Record = dict[str, Any]
"""A field's value by its name: text, whole number, Decimal, datetime, None; in JSON also lists."""


def as_it_is(written: Any) -> Any:
    return written


@dataclass(frozen=True)
class Sent:
    """One record of a file; `cut` spoils what is written of it."""

    record: Record
    cut: Callable[[Any], Any] = as_it_is


@dataclass(frozen=True)
class Spoil:
    """One way in which a record is no good, and the reason's code under which it is refused.

    `change` is made to the record, `cut` to what is written of it: fields, or a line.
    """

    reason: str
    change: Callable[[Record], Record] = as_it_is
    cut: Callable[[Any], Any] = as_it_is


def plain(_name: str, value: Any) -> str:
    return "" if value is None else str(value)


def as_json(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, default=str)


def _ragged(row: list[str]) -> list[str]:
    return row[:-2]


def _broken(line: str) -> str:
    return line[: len(line) // 2]


@dataclass(frozen=True)
class Delimited:
    """Text with a header. Some end their lines as DOS does."""

    delimiter: str = ","
    encoding: str = "utf-8"
    end: str = "\r\n"
    says: Callable[[str, Any], str] = plain
    spoils: tuple[Spoil, ...] = (Spoil("ragged_row", cut=_ragged),)

    def bytes(self, sent: Sequence[Sent]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.end)
        writer.writerow(sent[0].record)
        for each in sent:
            writer.writerow(each.cut([self.says(*value) for value in each.record.items()]))
        return text.getvalue().encode(self.encoding)


@dataclass(frozen=True)
class Lines:
    """NDJSON."""

    spoils: tuple[Spoil, ...] = (Spoil("malformed_json", cut=_broken),)

    def bytes(self, sent: Sequence[Sent]) -> bytes:
        return "".join(f"{each.cut(as_json(each.record))}\n" for each in sent).encode()


@dataclass(frozen=True)
class Array:
    """One JSON array, on as many lines as it likes."""

    spoils: tuple[Spoil, ...] = ()

    def bytes(self, sent: Sequence[Sent]) -> bytes:
        members = ",\n  ".join(as_json(each.record) for each in sent)
        return f"[\n  {members}\n]\n".encode()


@dataclass(frozen=True)
class Columnar:
    """Parquet. Its types follow from the values."""

    spoils: tuple[Spoil, ...] = ()

    def bytes(self, sent: Sequence[Sent]) -> bytes:
        table = pa.Table.from_pylist([each.record for each in sent])
        sink = io.BytesIO()
        pq.write_table(table, sink)
        return sink.getvalue()


@dataclass(frozen=True)
class Style:
    """How one file is written; `suffix` is what it is called, which need not be what it is."""

    written: Delimited | Lines | Array | Columnar
    suffix: str
    packed: bool = False

    def bytes(self, sent: Sequence[Sent]) -> bytes:
        """There has to be a record."""
        body = self.written.bytes(sent)
        return gzip.compress(body, mtime=0) if self.packed else body
