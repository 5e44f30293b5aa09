"""Where offers become items: reads and writes of the operational table, many rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lambdas.api import images, offering
from lambdas.api.entities import Ref
from lambdas.imports.decisions import Creation, Known, Owner, Update

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lambdas.api.dynamo import DynamoTable
    from lambdas.api.images import Image
    from lambdas.api.transaction import Operation

MOST_WRITES = 50
"""Each takes up to two operations, a transaction holds 100."""


class Shelf(Protocol):
    """Every method raises ContentionError if the table is busy."""

    def reserve(self, count: int) -> int:
        """The first of `count` ids of items in a row, which nobody else will have."""
        ...

    def known(self, vendor_id: int, skus: Iterable[str], item_ids: Iterable[int]) -> Known: ...

    def write(self, writes: Sequence[Creation | Update]) -> None:
        """All of at most MOST_WRITES or none.

        Raises StaleStateError if what they are based on is not there any more.
        """
        ...


@dataclass(frozen=True)
class DynamoShelf:
    table: DynamoTable

    def reserve(self, count: int) -> int:
        return self.table.next_ids("item", count)[0]

    def known(self, vendor_id: int, skus: Iterable[str], item_ids: Iterable[int]) -> Known:
        sku_keys = {images.sku_key(vendor_id, sku)["PK"]["S"]: sku for sku in skus}
        keys = [images.key(each, "UNIQUE") for each in sku_keys] + _item_keys(item_ids)
        owners, items = {}, {}
        for image in self.table.images(keys):
            sku = sku_keys.get(image["PK"]["S"])
            if sku is None:
                item = images.item_from(image)
                items[item.item_id] = item
            else:
                owners[sku] = _owner(image)
        owned = {owner.item_id for owner in owners.values()} - items.keys()
        for image in self.table.images(_item_keys(owned)):
            item = images.item_from(image)
            items[item.item_id] = item
        return Known(owners, items)

    def write(self, writes: Sequence[Creation | Update]) -> None:
        if writes:
            self.table.write(*(step for each in writes for step in self._steps(each)))

    def _steps(self, write: Creation | Update) -> list[Operation]:
        name = self.table.name
        if isinstance(write, Creation):
            return [{"Put": put} for put in offering.item_puts(name, write.item)]
        update = offering.item_update(name, write.before, write.after)
        return [{"Update": update}, {"Update": _marking(name, write)}]


def _item_keys(item_ids: Iterable[int]) -> list[Image]:
    return [images.entity_key(Ref("item", item_id)) for item_id in item_ids]


def _owner(image: Image) -> Owner:
    row = images.plain(image)
    return Owner(int(row["owner_id"]), row.get("mark", ""))


def _marking(table: str, write: Update) -> dict[str, Any]:
    return {
        "TableName": table,
        "Key": images.sku_key(write.before.vendor_id, write.before.sku or ""),
        "UpdateExpression": "SET mark = :mark",
        "ConditionExpression": "owner_id = :owner",
        "ExpressionAttributeValues": images.typed(
            {":mark": write.mark, ":owner": write.before.item_id}
        ),
    }
