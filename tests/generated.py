"""Generated data in a lake, and what became of it, as its truth says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.lake.documents import RawObject
from lambdas.lake.layout import RAW
from local.generate.truth import GoldTruth, ObjectTruth, Truth
from local.generate.world import Wish

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lambdas.lake.documents import CleanedObject
    from tests.promoting import PromotedLake

WISH = Wish(lines=1500, years=1, days=11, mess=0.2)
KNOWN_BY = {
    "cart": "total_price",
    "customer": "email",
    "inventory": "item_name",
    "vendor": "vendor_name",
}
"""The column that says who or what a member is."""


def put(lake: PromotedLake, folder: Path, half: str) -> list[RawObject]:
    objects = []
    for path in Truth.read(folder).objects:
        if path.startswith(half):
            key = f"{RAW}{path.removeprefix(f'{half}/')}"
            lake.store.put(key, (folder / path).read_bytes())
            objects.append(RawObject(key, lake.store.version_id(key)))
    return objects


def found(cleaned: Iterable[CleanedObject]) -> dict[str, ObjectTruth]:
    return {
        each.source.key: ObjectTruth(
            each.counts.accepted, each.counts.duplicate, each.counts.ignored, each.reasons
        )
        for each in cleaned
    }


def expected(truth: Truth, half: str) -> dict[str, ObjectTruth]:
    return {
        f"{RAW}{path.removeprefix(f'{half}/')}": each
        for path, each in truth.objects.items()
        if path.startswith(half)
    }


def gold(lake: PromotedLake) -> GoldTruth:
    members = {table: lake.members(table, column) for table, column in KNOWN_BY.items()}
    return GoldTruth(lake.sales(), members)
