"""Holds Glue's tables and the warehouse's DDL against the contracts.

`make check` does so with all other checks (`local.check`); alone it is quicker.
"""

from __future__ import annotations

import sys
import tempfile
from typing import TYPE_CHECKING, Any

from lambdas.contracts import CONTRACTS
from local.warehouse import ddl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lambdas.contracts import Contract

Template = dict[str, Any]


def lake_template() -> Template:
    """The lake's stack, synthesized alone: it needs no bundles."""
    from aws_cdk import App  # noqa: PLC0415  # starts a JavaScript engine, needed here only

    from stacks.lake import LakeStack  # noqa: PLC0415
    from stacks.settings import Settings  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder, analytics_reporting=False)
        LakeStack(app, "Lake", settings=Settings())
        template: Template = app.synth().stacks[0].template
        return template


def glue_drift(contracts: Sequence[Contract], template: Template) -> list[str]:
    """Where Glue's tables depart from the contracts, in sentences; none if they agree."""
    inputs = [
        resource["Properties"]["TableInput"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Glue::Table"
    ]
    tables = {each["Name"]: each for each in inputs}
    wanted = {contract.table: contract for contract in contracts}
    found = [f"Glue table {name} is in no contract" for name in sorted(tables.keys() - wanted)]
    for name, contract in wanted.items():
        if name not in tables:
            found.append(f"Glue has no table {name}, but the contracts have")
        else:
            found += _table_drift(contract, tables[name])
    return found


def _table_drift(contract: Contract, table: dict[str, Any]) -> list[str]:
    columns = [(each["Name"], each["Type"]) for each in table["StorageDescriptor"]["Columns"]]
    wanted = [(column.name, column.type.value.glue) for column in contract.columns]
    partitions = [each["Name"] for each in table.get("PartitionKeys", [])]
    partition = [contract.partition.column] if contract.partition else []
    found = []
    if columns != wanted:
        found.append(f"Glue table {contract.table} has {columns}, its contract {wanted}")
    if partitions != partition:
        found.append(f"Glue table {contract.table} is split by {partitions}, not by {partition}")
    projected = table["Parameters"].get("projection.enabled") == "true"
    if projected != bool(partition):
        found.append(f"Glue table {contract.table}: partition projection does not fit its contract")
    return found


def found(lake: Template) -> list[str]:
    """Every drift, in sentences, of the lake's template and the warehouse's DDL."""
    return [*glue_drift(CONTRACTS, lake), *ddl.drift(CONTRACTS, ddl.statements())]


def main() -> int:
    sentences = found(lake_template())
    for sentence in sentences:
        sys.stderr.write(f"drift: {sentence}\n")
    if not sentences:
        sys.stdout.write(f"no drift: {len(CONTRACTS)} contracts, Glue and warehouse agree\n")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
