"""Stream records for tests of capture, and what raw/ says afterwards."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes import FakeLake

NOON = 1_773_748_800
"""2026-03-17T12:00:00Z in epoch seconds."""


def change(
    number: int, entity: str = "customer", at: float = NOON, **fields: Any
) -> dict[str, Any]:
    """The stream record of one written item."""
    keys = {"PK": {"S": f"{entity.upper()}#{number}"}, "SK": {"S": entity.upper()}}
    return {
        "eventID": f"{number:032x}",
        "eventName": "MODIFY",
        "dynamodb": {
            "ApproximateCreationDateTime": at,
            "Keys": keys,
            "NewImage": {**keys, "entity": {"S": entity}, **fields},
            "SequenceNumber": str(100 + number),
        },
    }


def lines(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(body).splitlines()]


def raw_objects(lake: FakeLake) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each key under raw/ with the records of its newest version."""
    return ((key, lines(lake.get(key).body)) for key in list(lake.keys("raw/")))
