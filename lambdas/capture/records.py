"""DynamoDB stream records -> raw objects.

Blind to what a record says: whatever arrives is written as it is, so that no record can stop the
stream. Only two things are looked at, and both have an answer for every value: under which entity
the record is filed, and whether its key marks it as bookkeeping of the API.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdas.lake.layout import RAW_ENTITIES, UNCLASSIFIED, captured_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

UNKNOWN_DAY = "unknown"
NOT_CAPTURED = ("COUNTER#", "UNIQUE#", "IDEMPOTENCY#", "IMPORT#")
"""Bookkeeping, told by its key: a removal by TTL carries no image."""

SEQUENCE_DIGITS = 40


@dataclass(frozen=True)
class RawFile:
    """One object to create under `raw/`: gzip NDJSON, `records` lines."""

    key: str
    body: bytes
    records: int


def raw_files(
    records: Sequence[object], name_of: Callable[[Sequence[object]], str]
) -> Iterator[RawFile]:
    """One file per entity, records in the order of arrival; made one by one to bound memory."""
    by_entity: dict[str, list[object]] = {}
    for record in records:
        if not is_bookkeeping(record):
            by_entity.setdefault(entity_of(record), []).append(record)
    for entity, group in sorted(by_entity.items()):
        day = utc_day(_at(group[0], "dynamodb", "ApproximateCreationDateTime"))
        body = gzip.compress(b"".join(line_of(record) for record in group), mtime=0)
        yield RawFile(captured_key(entity, day, name_of(group)), body, len(group))


def stream_name(group: Sequence[object]) -> str:
    """`<first>-<last>-<digest>`: equal names mean equal events.

    Records carry no shard id, and sequence numbers are unique within a shard only; the digest of
    the event ids makes up for that.
    """
    return f"{_sequence(group[0])}-{_sequence(group[-1])}-{digest16(map(event_id, group))}"


def entity_of(record: object) -> str:
    entity = _at(record, "dynamodb", "NewImage", "entity", "S")
    return entity if isinstance(entity, str) and entity in RAW_ENTITIES else UNCLASSIFIED


def is_bookkeeping(record: object) -> bool:
    key = _at(record, "dynamodb", "Keys", "PK", "S")
    return isinstance(key, str) and key.startswith(NOT_CAPTURED)


def line_of(record: object) -> bytes:
    """One NDJSON line in ASCII: half a surrogate pair stays an escape instead of an error."""
    return json.dumps(record, separators=(",", ":"), default=_binary).encode("ascii") + b"\n"


def utc_day(created: object) -> str:
    """The UTC day of an epoch time in seconds, or `unknown` for anything else."""
    if isinstance(created, bool) or not isinstance(created, int | float):
        return UNKNOWN_DAY
    try:
        return datetime.fromtimestamp(created, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return UNKNOWN_DAY


def event_id(record: object) -> str:
    """The event's id; a record without one is identified by its bytes."""
    given = _at(record, "eventID")
    if isinstance(given, str) and given:
        return given
    return f"line {hashlib.sha256(line_of(record)).hexdigest()}"


def digest16(identities: Iterator[str]) -> str:
    return hashlib.sha256(json.dumps(list(identities)).encode()).hexdigest()[:16]


def _sequence(record: object) -> str:
    number = _at(record, "dynamodb", "SequenceNumber")
    usable = isinstance(number, str) and number.isascii() and number.isdigit()
    return str(number) if usable and len(str(number)) <= SEQUENCE_DIGITS else "none"


def _at(value: object, *path: str) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _binary(value: Any) -> str:
    """Binary attributes as the stream's own JSON has them."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} is no JSON")
