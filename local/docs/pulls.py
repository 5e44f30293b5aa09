"""What a pull file may say, from its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.ingest.pulls import Postgres, Pull, Table
from lambdas.ingest.pulls.rest import Pages, Resource, Rest
from local.docs.mappings import described

if TYPE_CHECKING:
    from pydantic import BaseModel

MODELS: dict[str, type[BaseModel]] = {
    "The file": Pull,
    "A database": Postgres,
    "A table": Table,
    "An API": Rest,
    "A list of records": Resource,
    "Pages": Pages,
}


def reference() -> str:
    """A table for each part of a pull file."""
    return described(MODELS)
