"""The contract as SQL fragments: where a row belongs, and what an inferred member lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.engine import identifiers

if TYPE_CHECKING:
    from lambdas.contracts import Contract

YYYYMMDD = 8


def partition(contract: Contract) -> str:
    """`month=2026-03`, or nothing for a table of one partition."""
    if contract.partition is None:
        return "''"
    day = f"lpad(cast({contract.partition.source} as varchar), {YYYYMMDD}, '0')"
    return f"'{contract.partition.column}=' || substr({day}, 1, 4) || '-' || substr({day}, 5, 2)"


def bucket(contract: Contract) -> str:
    """From the key alone, through MD5, since an engine's own hash may change with its version."""
    if contract.buckets == 1:
        return "0"
    digest = f"md5(concat_ws('|', {identifiers(contract.key)}))"
    return f"cast(cast('0x' || substr({digest}, 1, 8) as bigint) % {contract.buckets} as integer)"


def nothing(contract: Contract) -> str:
    """NULL for every column but the key."""
    return identifiers(
        f"cast(null as {column.type.value.duckdb}) as {column.name}"
        for column in contract.columns
        if column.name not in contract.key
    )
