"""All contracts, in the order in which tables are published and loaded: dimensions first."""

from __future__ import annotations

from lambdas.contracts.marketplace import STAR
from lambdas.contracts.model import Kind
from lambdas.contracts.shopping import SHOPPING
from lambdas.contracts.supply import SUPPLY

CONTRACTS = tuple(
    contract
    for kind in (Kind.DIMENSION, Kind.FACT)
    for contract in (*STAR, *SHOPPING, *SUPPLY)
    if contract.kind is kind
)
BY_ENTITY = {contract.entity: contract for contract in CONTRACTS}
BY_TABLE = {contract.table: contract for contract in CONTRACTS}
