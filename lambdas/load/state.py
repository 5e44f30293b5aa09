"""Loads all of state into the warehouse: what was published before the warehouse was there.

State has every key with its version, tombstones too, in the columns of a delta: so it is one more
load, under the same transaction, and changes nothing where the warehouse is as far or further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lambdas.contracts import BY_TABLE
from lambdas.lake.layout import STATE, RunKeys
from lambdas.load import transaction
from lambdas.load.transaction import CopiedObject, Load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.lake.objects import ObjectStore
    from lambdas.load.submission import Warehouse


class Sizes(Protocol):
    """The bucket's listing, with what COPY wants to know beforehand."""

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Keys and their objects' bytes."""
        ...


@dataclass(frozen=True)
class StateLoad:
    """The state of one table as it is now. `name` stands in the ledger where a run's would."""

    name: str
    table: str
    objects: list[CopiedObject]

    @property
    def bytes(self) -> int:
        return sum(each.size for each in self.objects)


def plan_state(listing: Sizes, load_id: str, table: str) -> StateLoad:
    """Raises KeyError for a table that is in no contract."""
    contract = BY_TABLE[table]
    found = listing.sizes(f"{STATE}{contract.table}/")
    return StateLoad(f"state-{load_id}", table, [CopiedObject(*each) for each in found])


def load_state(
    store: ObjectStore, bucket: str, warehouse: Warehouse, load: StateLoad, retry: int
) -> int:
    """Returns the rows that were staged; raises what `Warehouse.run` raises.

    An object that a run replaces meanwhile has other bytes than the manifest says: COPY fails,
    and a retry plans anew.
    """
    if not load.objects:
        return 0
    manifest = RunKeys(load.name).copy_manifest(load.table)
    store.put(manifest, transaction.copy_manifest(bucket, load.objects))
    each = Load(load.name, retry, BY_TABLE[load.table], f"s3://{bucket}/{manifest}")
    name = f"load-{load.name}-{load.table}"
    statement_id = warehouse.run(name, retry, transaction.statements(each))
    return warehouse.count(statement_id, transaction.count_stage_number())
