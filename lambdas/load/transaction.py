"""The load of one delta as SQL: what the warehouse runs in one transaction. Pure: no AWS.

    lock the ledger -> stage by manifest -> drop what is not newer -> MERGE -> write the ledger

The statements are the templates in sql/warehouse/load/, in the order of their names; columns and
keys come from the contract.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lambdas.contracts import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambdas.contracts import Contract
    from lambdas.lake.documents import DeltaPart

TEMPLATES = Path(__file__).resolve().parents[2] / "sql" / "warehouse" / "load"
PLACEHOLDER = re.compile(r"{{ (\w+) }}")
COUNT_STAGE = "4_count_stage.sql"
"""The statement whose result is the number of staged rows."""


@dataclass(frozen=True)
class Load:
    """One table's delta of one run; `manifest` is the S3 URL of its COPY manifest."""

    run: str
    retry: int
    contract: Contract
    manifest: str


@cache
def templates() -> dict[str, str]:
    """The statements of a load by file name, in order."""
    return {path.name: path.read_text() for path in sorted(TEMPLATES.glob("*.sql"))}


def count_stage_number() -> int:
    """Which statement of the batch, from 1, counts the staged rows."""
    return list(templates()).index(COUNT_STAGE) + 1


def statements(load: Load) -> list[str]:
    """The transaction of one load."""
    values = _values(load)
    return [PLACEHOLDER.sub(lambda found: values[found[1]], each) for each in templates().values()]


def _values(load: Load) -> dict[str, str]:
    contract = load.contract
    table = _identifier(contract.table)
    keys = [_identifier(name) for name in contract.key]
    columns = [_identifier(column.name) for column in contract.stored_columns]
    return {
        "table": table,
        "manifest": _literal(load.manifest),
        "same_key": " AND ".join(f"stage.{key} = kept.{key}" for key in keys),
        "merge_key": " AND ".join(f"store.{table}.{key} = stage.{key}" for key in keys),
        "assignments": ", ".join(f"{name} = stage.{name}" for name in columns if name not in keys),
        "columns": ", ".join(columns),
        "staged": ", ".join(f"stage.{name}" for name in columns),
        "run": _literal(load.run),
        "table_name": _literal(contract.table),
        "retry": str(load.retry),
    }


def _identifier(name: str) -> str:
    return f'"{name}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class CopiedObject:
    """What COPY reads; `size` in bytes."""

    key: str
    size: int


def copy_manifest(bucket: str, parts: Iterable[DeltaPart | CopiedObject]) -> bytes:
    """Exactly these objects, all of them: Redshift's manifest for columnar files."""
    entries = [
        {
            "url": f"s3://{bucket}/{part.key}",
            "mandatory": True,
            "meta": {"content_length": part.size},
        }
        for part in parts
    ]
    return json.dumps({"entries": entries}).encode()


def dimensions_first(contracts: Iterable[Contract]) -> list[Contract]:
    """So that a reader between two loads finds no sale without its customer."""
    return sorted(contracts, key=lambda contract: contract.kind is Kind.FACT)
