"""Cursors: where a page ended, for the query that it came from and no other.

A cursor is no secret and grants nothing: the query says which list is read, the cursor only where
to go on. Its digest tells clients of their mistakes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import TYPE_CHECKING

from lambdas.api.errors import InvalidRequestError
from lambdas.api.listing import Position

if TYPE_CHECKING:
    from lambdas.api.listing import Listing

DIGEST_BYTES = 12
LONGEST = 4096
"""Characters."""


def cursor(listing: Listing, position: Position) -> str:
    place = json.dumps([position.sort, position.id], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_digest(listing, place) + place).decode()


def position(listing: Listing, given: str) -> Position:
    """Raises InvalidRequestError unless `cursor` made it of the same list."""
    data = _decoded(given)
    digest, place = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
    if not place or digest != _digest(listing, place):
        raise _refused()
    sort, entity_id = json.loads(place)
    return Position(sort, entity_id)


def _decoded(given: str) -> bytes:
    if len(given) > LONGEST:
        raise _refused()
    try:
        data = base64.b64decode(given.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise _refused() from error
    if base64.urlsafe_b64encode(data).decode() != given:
        raise _refused()
    return data


def _digest(listing: Listing, place: bytes) -> bytes:
    read = [listing.entity, listing.index.name, listing.partition, listing.prefix]
    return hashlib.sha256(json.dumps(read).encode() + place).digest()[:DIGEST_BYTES]


def _refused() -> InvalidRequestError:
    message = "must be the `next` of a page of the same query"
    return InvalidRequestError([{"field": "cursor", "message": message}])
