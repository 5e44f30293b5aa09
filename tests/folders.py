"""Folders for PostgreSQL, which refuses to run as root and needs its way there open."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def postgres_folder() -> Iterator[Path]:
    """A folder outside pytest's own, which every pytest that starts closes to other users."""
    with tempfile.TemporaryDirectory(prefix="mercado-test-") as folder:
        yield Path(folder)
