"""DuckDB inside a function: bounded in memory, closed to the network, fed from .sql files."""

from lambdas.engine.connection import EXHAUSTED, POISON, connect
from lambdas.sql import identifiers, literal, quoted, statement

__all__ = ["EXHAUSTED", "POISON", "connect", "identifiers", "literal", "quoted", "statement"]
