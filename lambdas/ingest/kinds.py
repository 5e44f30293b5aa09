"""What works a pull, by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.ingest.postgres import pull_table

if TYPE_CHECKING:
    from lambdas.ingest.task import Puller

KINDS: dict[str, Puller] = {"postgres": pull_table}
"""The names are those that a pull file has."""
