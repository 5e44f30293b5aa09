"""How a file larger than its function is cleaned: `python -m benchmarks.large_file [MB]`.

A CSV is made on disk, and cleaned twice, each time in a process of its own with the memory setting
of the function Clean: in one go, and by invocations that are over as soon as a part is done, each
going on where the last one stopped. Told are the rows a second and the processes' peaks, and
whether both ways left the same objects, byte by byte.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lambdas.clean.batch import clean_alone, clean_batch
from lambdas.engine.connection import MEMORY_VARIABLE
from lambdas.lake.documents import CleanBatch, RawObject, RecordCounts
from lambdas.lake.errors import ObjectMissingError
from lambdas.lake.layout import CLEANED, QUARANTINE
from lambdas.lake.objects import StoredObject
from stacks.promotion import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

MEGABYTES = 2_000
MB = 1_000_000
MIB = 2**20
KEY, VERSION = "raw/history-sales/large.csv", "v1"
HEADER = "order_no,line,sku,customer_no,vendor_no,title,unit_price,qty,sold_at,changed_at,status\n"
TITLE = "A thing of many words " * 40
BAD = 1_000
"""Every so many rows a price is no number."""


@dataclass(frozen=True)
class Folder:
    """`ObjectStore` in a folder, as far as Clean asks."""

    path: Path

    def get(self, key: str, _version_id: str | None = None) -> StoredObject:
        try:
            body = (self.path / key).read_bytes()
        except FileNotFoundError as error:
            raise ObjectMissingError(key) from error
        return StoredObject(body, hashlib.md5(body, usedforsecurity=False).hexdigest())

    def read(self, key: str, _version_id: str, start: int, length: int) -> bytes:
        with (self.path / key).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def put(self, key: str, body: bytes, **_: Any) -> str:
        place = self.path / key
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
        return hashlib.md5(body, usedforsecurity=False).hexdigest()

    def head(self, key: str) -> StoredObject | None:
        return StoredObject(b"", "") if (self.path / key).exists() else None

    def keys(self, prefix: str) -> Iterator[str]:
        for place in sorted((self.path / prefix).rglob("*")):
            if place.is_file():
                yield str(place.relative_to(self.path))

    def delete(self, key: str) -> None:
        (self.path / key).unlink(missing_ok=True)


@dataclass(frozen=True)
class Cleaned:
    """`objects` are digests by key; `seconds`, and the process's `peak` in bytes."""

    counts: RecordCounts
    objects: dict[str, str]
    invocations: int
    seconds: float
    peak: int


def made(place: Path, size: int) -> int:
    """Writes a file of about that many bytes; returns its rows."""
    place.parent.mkdir(parents=True)
    number = 0
    with place.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        while file.tell() < size:
            for _ in range(BAD):
                number += 1
                price = "12.50" if number % BAD else "dear"
                file.write(
                    f"O-{number // 3},{number % 3 + 1},S-{number % 977},C-{number % 9973},V-7,"
                    f"{TITLE},{price},2,2024-03-17 10:00:00,2024-03-17 10:00:00,sold\n"
                )
    return number


def cleaned(folder: str, run: str, *, apart: bool) -> Cleaned:
    """In this process: in one go, or by invocations that are over after a part."""
    os.environ[MEMORY_VARIABLE] = str(STEPS["Clean"].room.memory)
    store, began, invocations = Folder(Path(folder)), time.monotonic(), 1
    batch = CleanBatch(0, [RawObject(KEY, VERSION)])
    done = clean_batch(store, run, batch, lambda: apart)
    while done is None:
        invocations += 1
        if clean_alone(store, run, batch, 0, lambda: apart):
            done = clean_batch(store, run, batch)
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = {
        key: hashlib.sha256(store.get(key).body).hexdigest()
        for zone in (CLEANED, QUARANTINE)
        for key in store.keys(zone)
    }
    return Cleaned(done.objects[0].counts, found, invocations, seconds, peak)


def main(megabytes: int) -> int:
    """0 if both ways left the same."""
    with tempfile.TemporaryDirectory(prefix="mercado-bench-") as folder:
        rows = made(Path(folder, KEY), megabytes * MB)
        size = Path(folder, KEY).stat().st_size
        sys.stdout.write(f"{size / MB:,.0f} MB, {rows:,} rows\n")
        ways = []
        for apart in (False, True):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                way = pool.apply(cleaned, (folder, f"run-{apart}"), {"apart": apart})
            sys.stdout.write(
                f"{way.invocations} invocations: {way.counts.accepted:,} accepted, "
                f"{way.counts.quarantined:,} quarantined, {len(way.objects)} objects, "
                f"{rows / way.seconds:,.0f} rows/s, {size / MB / way.seconds:.1f} MB/s, "
                f"peak {way.peak / MIB:,.0f} MiB\n"
            )
            ways.append(way)
    whole, parts = ways
    same = whole.objects == parts.objects and whole.counts == parts.counts
    right = whole.counts == RecordCounts(rows, rows - rows // BAD, rows // BAD)
    sys.stdout.write(f"the same objects: {same}; what was made: {right}\n")
    return int(not (same and right))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES))
