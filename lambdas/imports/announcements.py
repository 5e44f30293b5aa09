"""Queue messages -> the imports whose files they announce."""

from __future__ import annotations

import json

from lambdas.api.imports import ImportId
from lambdas.lake.layout import IMPORTS


class AnnouncementError(ValueError):
    """The message announces no vendor's file in our lake: it belongs in the dead-letter queue."""


def announced(body: str, bucket: str) -> ImportId:
    """Takes EventBridge's "Object Created" event. Raises AnnouncementError."""
    try:
        detail = json.loads(body)["detail"]
        source, key = detail["bucket"]["name"], detail["object"]["key"]
        zone, vendor, name = key.split("/")
        import_id = ImportId(int(vendor), name.partition(".")[0])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AnnouncementError(f"no event of a vendor's file: {error}") from error
    if source != bucket or f"{zone}/" != IMPORTS:
        raise AnnouncementError(f"{key!r} in {source!r} is no vendor's file in the lake")
    return import_id
