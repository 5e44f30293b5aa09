"""Puts a batch of records into raw/, so that delivering it again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.lake.objects import create

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.capture.records import RawFile
    from lambdas.lake.objects import ObjectStore


@dataclass(frozen=True)
class Captured:
    """Records that are in raw/ now; of the `objects`, `repeated` were there before."""

    records: int = 0
    objects: int = 0
    repeated: int = 0

    def __add__(self, other: Captured) -> Captured:
        return Captured(
            self.records + other.records,
            self.objects + other.objects,
            self.repeated + other.repeated,
        )


def put_all(files: Iterable[RawFile], store: ObjectStore) -> Captured:
    """Creates each file; one that exists holds the same records. Any other refusal is raised."""
    done = Captured()
    for file in files:
        created = create(store, file.key, file.body)
        done += Captured(records=file.records, objects=1, repeated=0 if created else 1)
    return done
