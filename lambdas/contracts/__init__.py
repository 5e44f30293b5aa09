"""The schema of every entity, once; API models, casts, Glue and warehouse DDL follow from it."""

from lambdas.contracts.marketplace import (
    GENERAL_CATEGORY_ID,
    GENERAL_CATEGORY_NAME,
    MAX_CART_LINES,
    STAR,
)
from lambdas.contracts.model import (
    DELETED,
    LOWEST_VERSION,
    TECHNICAL,
    VERSION,
    Column,
    ColumnType,
    Contract,
    Kind,
    MonthPartition,
    api_version,
)
from lambdas.contracts.registry import BY_ENTITY, BY_TABLE, CONTRACTS

__all__ = [
    "BY_ENTITY",
    "BY_TABLE",
    "CONTRACTS",
    "DELETED",
    "GENERAL_CATEGORY_ID",
    "GENERAL_CATEGORY_NAME",
    "LOWEST_VERSION",
    "MAX_CART_LINES",
    "STAR",
    "TECHNICAL",
    "VERSION",
    "Column",
    "ColumnType",
    "Contract",
    "Kind",
    "MonthPartition",
    "api_version",
]
