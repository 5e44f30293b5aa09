"""What requests ask of DynamoDB, counted by its own answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}


@dataclass(frozen=True)
class Usage:
    """Calls, and the capacity units that they were charged, index writes included."""

    calls: int = 0
    reads: float = 0
    writes: float = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.calls + other.calls, self.reads + other.reads, self.writes + other.writes)


class UsageCounter:
    """Has every call of a client tell its consumed capacity, and adds it up."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._used = Usage()
        client.meta.events.register("before-parameter-build.dynamodb.*", _ask)
        client.meta.events.register("after-call.dynamodb.*", self._count)

    def take(self) -> Usage:
        """What was used since it was taken last."""
        used, self._used = self._used, Usage()
        return used

    def _count(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        charged = parsed.get("ConsumedCapacity", [])
        tables = charged if isinstance(charged, list) else [charged]
        units = sum(float(each["CapacityUnits"]) for each in tables)
        writes = model.name in WRITES
        self._used += Usage(1, 0 if writes else units, units if writes else 0)


def _ask(params: dict[str, Any], model: Any, **_: Any) -> None:
    if "ReturnConsumedCapacity" in model.input_shape.members:
        params["ReturnConsumedCapacity"] = "TOTAL"
