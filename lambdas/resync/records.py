"""Items of a table scan -> records in the shape of the stream's, so that clean reads them alike."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from lambdas.capture.records import digest16, event_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EVENT_NAME = "RESYNC"
KEYS = ("PK", "SK")


def record_of(item: Mapping[str, Any], seen_at: int) -> dict[str, Any]:
    """A stream record for an item in DynamoDB's typed form; `seen_at` in epoch seconds.

    It has no event id and no sequence number: nothing happened, the item is there.
    """
    image = _as_json(item)
    return {
        "eventName": EVENT_NAME,
        "dynamodb": {
            "ApproximateCreationDateTime": seen_at,
            "Keys": {name: image[name] for name in KEYS},
            "NewImage": image,
        },
    }


def page_name(resync_id: str, page: str, group: Sequence[object]) -> str:
    """The same page with the same items has the same name; changed items make another one."""
    return f"resync-{resync_id}-{page}-{digest16(map(event_id, group))}"


def _as_json(value: Any) -> Any:
    """Typed values as the stream's JSON has them: binary is base64, alone and in sets."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    return value
