"""A DuckDB connection that fits its function: memory, threads and scratch space are set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

MEMORY_VARIABLE = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"
"""Set by Lambda, in MiB."""

DEFAULT_MEMORY_MIB = 1024
ENGINE_SHARE = 0.6
"""Of the function's memory; the rest is for Python, the object's bytes and DuckDB's overshoot."""

MIB_PER_CPU = 1769
"""Lambda gives one vCPU for this much memory: more threads would only take turns."""

POISON = (
    duckdb.DataError,
    duckdb.InvalidInputException,
    duckdb.NotSupportedError,
    duckdb.InternalError,
)
"""What DuckDB raises because of the data it was given: the same bytes fail again. Its other errors
(memory, disk, our own SQL) are not the data's fault and must fail the step."""

EXHAUSTED = (duckdb.OutOfMemoryException, MemoryError)
"""The function is too small for the data, unless something else took its memory."""


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database that spills into `scratch` and never reaches for the network."""
    memory = int(os.environ.get(MEMORY_VARIABLE, DEFAULT_MEMORY_MIB))
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{int(memory * ENGINE_SHARE)}MiB",
            "threads": str(_threads(memory)),
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "true",
        },
    )


def _threads(memory_mib: int) -> int:
    allotted = -(-memory_mib // MIB_PER_CPU)
    return max(1, min(os.cpu_count() or 1, allotted))
