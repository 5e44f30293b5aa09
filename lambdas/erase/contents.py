"""Looks into an object's bytes for a person, and takes the person out of a raw object. Pure.

gzip is unpacked, Parquet is read by column values, all else is taken as lines of text, each of
which may be a JSON record.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lambdas.clean.formats.packed import GZIP_MAGIC, PARQUET_MAGIC, DamagedError, unpack
from lambdas.erase.person import (
    CUSTOMER_KEY,
    MARK,
    PERSONAL,
    STUB,
    parsed,
    rev_of,
    texts_of,
    worth_a_look,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.erase.person import Person


@dataclass(frozen=True)
class Found:
    """What a look into an object found; `size` in bytes as unpacked.

    `opaque`: not all of it could be decoded, so that the rest was searched as plain bytes.
    """

    holds: bool
    size: int
    opaque: bool = False


def look(person: Person, body: bytes, *, foreign: bool = False) -> Found:
    """Whether an object says who the person is. A foreign one's columns are not the contracts'."""
    if body.startswith(PARQUET_MAGIC):
        return _look_into_parquet(person, body, foreign=foreign)
    data, damaged = _unpacked(body)
    holds = any(_line_holds(person, line) for line in data.split(b"\n"))
    return Found(holds, len(data), damaged)


def without(person: Person, body: bytes, *, records: bool = True) -> bytes:
    """A captured object without the person: as many lines, those of others as they were.

    Without `records`, only lines that no one can read as a record are changed. The same bytes if
    there is nothing to take out.
    """
    if body.startswith(PARQUET_MAGIC):
        return body
    data, _ = _unpacked(body)
    lines = data.split(b"\n")
    cleared = [_cleared(person, line, records=records) for line in lines]
    if cleared == lines:
        return body
    data = b"\n".join(cleared)
    return gzip.compress(data, mtime=0) if body.startswith(GZIP_MAGIC) else data


def learned(person: Person, body: bytes) -> tuple[Person, int]:
    """The person with what a captured object tells, and the highest rev of theirs in it."""
    rev = 0
    if body.startswith(PARQUET_MAGIC):
        return person, rev
    for line in _unpacked(body)[0].split(b"\n"):
        text = texts_of(line)[0]
        tree = parsed(text) if worth_a_look(text) else None
        try:
            images = list(person.own_images(tree))
        except RecursionError:
            continue  # nested deeper than any record: a line that is searched as text
        for image in images:
            person, rev = person.learned(image), max(rev, rev_of(image))
    return person, rev


def _line_holds(person: Person, line: bytes) -> bool:
    texts = [text for text in texts_of(line) if worth_a_look(text)]
    try:
        return any(map(person.holds, texts))
    except RecursionError:
        return any(map(person.mentioned, texts))


def _cleared(person: Person, line: bytes, *, records: bool) -> bytes:
    texts = texts_of(line)
    if len(texts) > 1:
        return STUB.encode() if any(map(person.mentioned, texts)) else line
    text = texts[0]
    cleared = person.redacted(text)
    if cleared == text or not (records or cleared == STUB):
        return line
    return cleared.encode("ascii")


def _unpacked(body: bytes) -> tuple[bytes, bool]:
    """All that can be unpacked, and whether something could not."""
    pieces: list[bytes] = []
    try:
        pieces.extend(unpack(BytesIO(body)))
    except DamagedError:
        # `extend` has taken all pieces that came before the damage.
        return b"".join(pieces) or body, True
    return b"".join(pieces), False


def _look_into_parquet(person: Person, body: bytes, *, foreign: bool) -> Found:
    try:
        file = pq.ParquetFile(pa.BufferReader(body))
        batches = [pa.Table.from_batches([each]) for each in file.iter_batches(use_threads=False)]
    except (pa.ArrowException, OSError):
        return Found(_line_holds(person, body), len(body), opaque=True)
    holds = any(_rows_hold(person, each, foreign=foreign) for each in batches)
    return Found(holds, len(body))


def _rows_hold(person: Person, table: pa.Table, *, foreign: bool) -> bool:
    """Rows that carry a customer's key are that customer's; other rows are searched as texts."""
    if foreign or CUSTOMER_KEY not in table.column_names:
        return any(map(person.holds, filter(worth_a_look, _texts(table))))
    key = pc.cast(table[CUSTOMER_KEY], pa.string())
    own = table.filter(pc.equal(key, str(person.customer_id)))
    told = (each for name in PERSONAL if name in own.column_names for each in _values(own[name]))
    return any(each != MARK for each in told) or any(map(person.named, _texts(own)))


def _texts(table: pa.Table) -> Iterator[str]:
    for column in table.columns:
        if not (pa.types.is_primitive(column.type) or pa.types.is_decimal(column.type)):
            yield from map(str, _values(column))


def _values(column: pa.ChunkedArray) -> Iterator[Any]:
    return (value for value in column.to_pylist() if value is not None)
