"""Objects that are no good, of several sources, and what has to become of each."""

from __future__ import annotations

import gzip
import random
from itertools import count
from typing import TYPE_CHECKING

from lambdas.clean.formats.packed import Bounds
from lambdas.lake.layout import RAW
from local.generate.odd import HEADER, odd_objects
from local.generate.truth import ObjectTruth

if TYPE_CHECKING:
    from collections.abc import Iterator

DAMAGED_PARQUET = b"PAR1" + bytes(range(200)) + b"PAR1"
DEEP = b"Content-Type: message/rfc822\r\n\r\n" * 500


def storm(seed: int) -> Iterator[tuple[str, bytes, ObjectTruth]]:
    """Key, bytes and truth of one after another, without end; no two under one key."""
    dice = random.Random(seed)
    kinds = list(_kinds(seed))
    for number in count():
        source, name, body, truth = dice.choice(kinds)
        yield f"{RAW}{source}/storm/{number:04d}-{name}", body, truth


def _kinds(seed: int) -> Iterator[tuple[str, str, bytes, ObjectTruth]]:
    for name, body, truth in odd_objects(seed):
        yield "history-sales", name, body, truth
    for source in ("history-customers", "kaufhaus-nord", "hafenladen"):
        yield source, "damaged.gz", b"\x1f\x8b damaged", _one("unreadable_object")
        yield source, "damaged.parquet", DAMAGED_PARQUET, _one("unreadable_object")
    yield "history-sales", "bomb.csv", _bomb(), _one("inflated")
    yield "hafenladen", "torn.json", b'[{"order_ref": "HL-1", ', _one("truncated")
    yield "mercado-mail", "deep.eml", DEEP, _one("mail_beyond_bounds")
    yield "nobody", "orders.csv", b"a;b\n1;2\n", _one("unknown_source")


def _bomb() -> bytes:
    """Good as a table so far, with a row that does not end: refused as soon as bounds allow."""
    return gzip.compress(HEADER + b"A" * (Bounds().free + 1024**2), mtime=0)


def _one(reason: str) -> ObjectTruth:
    return ObjectTruth(quarantined={reason: 1})
