"""What works a pull, by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.ingest.postgres import pull_table
from lambdas.ingest.rest import pull_rest

if TYPE_CHECKING:
    from lambdas.ingest.task import Puller

KINDS: dict[str, Puller] = {"postgres": pull_table, "rest": pull_rest}
"""The names are those that a pull file has."""
