"""Objects that are no good as a whole, or hold nothing: what becomes of them is known too."""

from __future__ import annotations

import random
import zlib
from typing import TYPE_CHECKING

from local.generate.truth import ObjectTruth

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = b"order_no,line,sku,customer_no,vendor_no,unit_price,qty,sold_at,changed_at,status\n"
PNG = b"\x89PNG\r\n\x1a\n"
ROWS_LEFT, ROWS_LOST = 20, 500
GZIP = 16 + zlib.MAX_WBITS


def odd_objects(seed: int) -> Iterator[tuple[str, bytes, ObjectTruth]]:
    """Name, bytes and truth of each; all are called files of sales."""
    yield "empty.csv", b"", ObjectTruth()
    yield "header.csv", HEADER, ObjectTruth()
    yield "picture.csv", _picture(seed), _refused("unknown_format")
    yield "torn.csv.gz", _torn(), _refused("truncated", ignored=ROWS_LEFT)


def _picture(seed: int) -> bytes:
    return PNG + random.Random(seed).randbytes(20_000)  # nothing secret


def _torn() -> bytes:
    """The gzip ends soon after the rows that are left, in the middle of those that are lost.

    The rows are a till's test, which no gold is to show.
    """
    packer = zlib.compressobj(wbits=GZIP)
    left = HEADER + b"".join(map(_row, range(ROWS_LEFT)))
    lost = b"".join(_row(number) for number in range(ROWS_LEFT, ROWS_LEFT + ROWS_LOST))
    whole = packer.compress(left) + packer.flush(zlib.Z_FULL_FLUSH)
    return whole + (packer.compress(lost) + packer.flush())[:3]


def _row(number: int) -> bytes:
    said = f"T-{number},1,S-1,C-1,V-1,1.00,1,2026-01-01 00:00:00,2026-01-01 00:00:00,test"
    return f"{said}\n".encode()


def _refused(reason: str, ignored: int = 0) -> ObjectTruth:
    return ObjectTruth(ignored=ignored, quarantined={reason: 1})
