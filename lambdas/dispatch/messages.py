"""Queue messages -> the object versions that they announce. One bad message spoils no other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.lake.documents import RawObject
from lambdas.lake.layout import RAW, captured_entity, is_held

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNVERSIONED = "null"
"""S3's own name for the version of an object that was written without versioning."""


class MessageError(ValueError):
    """The message announces no object of our lake: it belongs in the dead-letter queue."""


@dataclass(frozen=True)
class Announced:
    """What a batch says; `rejected` gives the reason by message id.

    Left out are held objects, and what the queue of changes announces too if this is another.
    """

    objects: list[RawObject]
    rejected: dict[str, str]


def read_messages(
    messages: Sequence[Mapping[str, Any]], bucket: str, changes_queue: str = ""
) -> Announced:
    """Takes SQS records whose bodies are EventBridge's "Object Created" events of `bucket`.

    `changes_queue` is the ARN of the queue that announces what the API changed, and only that.
    """
    announced = Announced([], {})
    for message in messages:
        try:
            found = read_message(message["body"], bucket)
        except MessageError as error:
            announced.rejected[message["messageId"]] = str(error)
        else:
            elsewhere = changes_queue and message["eventSourceARN"] != changes_queue
            if not is_held(found.key) and not (elsewhere and captured_entity(found.key)):
                announced.objects.append(found)
    return announced


def read_message(body: str, bucket: str) -> RawObject:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"no JSON: {error}") from error
    try:
        source, entry = event["detail"]["bucket"]["name"], event["detail"]["object"]
        key, version, size = entry["key"], entry.get("version-id"), entry.get("size")
    except (KeyError, TypeError, AttributeError) as error:
        raise MessageError("no event of S3: bucket or object is missing") from error
    if source != bucket:
        raise MessageError(f"bucket {source!r} is not the lake's")
    return RawObject(_raw_key(key), _text(version or UNVERSIONED), _size(size))


def _raw_key(key: object) -> str:
    if not _text(key).startswith(RAW):
        raise MessageError(f"key {key!r} is not under {RAW}")
    return _text(key)


def _text(value: object) -> str:
    """A string that can be written: JSON may hold half a surrogate pair, S3 cannot."""
    try:
        if isinstance(value, str) and value.encode():
            return value
    except UnicodeEncodeError as error:
        raise MessageError(f"{value!r} is no text") from error
    raise MessageError(f"{value!r} is no text")


def _size(value: object) -> int:
    """The size in bytes; it is only a hint for batching, so a missing one is 0."""
    return value if type(value) is int and value >= 0 else 0
