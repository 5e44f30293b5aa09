"""What works a pull, by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lambdas.ingest.task import Puller

KINDS: dict[str, Puller] = {}
"""The names are those that a pull file has."""
