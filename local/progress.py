"""Steps and waits, shown as they happen."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


PLAIN_WIDTH = 120
"""Columns of output that goes to a file or a pipe."""


class Progress:
    """Shows a spinner while a step runs (on a terminal) and a line with its time once it is done.

    `seconds` keeps every step's time, for the report.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[str], None]]:
        """Yields a function that says how far the step is."""
        began = time.monotonic()
        with self.console.status(f"{name} …") as status:
            yield lambda detail: status.update(f"{name}: {detail}")
        self.seconds[name] = time.monotonic() - began
        self.console.print(f"[green]✓[/] {name} [dim]{self.seconds[name]:.1f} s[/]")
