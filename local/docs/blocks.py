"""Generated blocks in Markdown pages: found by their markers, replaced by what the code says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

BLOCK = re.compile(
    r"(?P<start>^<!-- generated: (?P<name>[a-z-]+) -->\n).*?(?P<end>^<!-- end: (?P=name) -->)",
    re.DOTALL | re.MULTILINE,
)
MARKER = re.compile(r"^<!-- (?:generated|end): ", re.MULTILINE)


class BlockError(Exception):
    """A page's markers make no block, or name one that nothing generates."""


def filled(page: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """The page with every block as it should be; raises BlockError, naming the block."""
    names = [found["name"] for found in BLOCK.finditer(page)]
    if len(MARKER.findall(page)) != 2 * len(names):
        raise BlockError(f"markers that make no pair, beside the blocks {names}")
    for name in names:
        if name not in blocks:
            raise BlockError(f"nothing generates {name}; known are {sorted(blocks)}")
    return BLOCK.sub(
        lambda found: f"{found['start']}\n{blocks[found['name']]().strip()}\n\n{found['end']}", page
    )


def refresh(folder: Path, blocks: Mapping[str, Callable[[], str]], *, write: bool) -> list[Path]:
    """Pages under the folder whose blocks are not up to date, written anew if asked."""
    stale = []
    for path in sorted(folder.rglob("*.md")):
        page = path.read_text()
        try:
            fresh = filled(page, blocks)
        except BlockError as error:
            raise BlockError(f"{path.name}: {error}") from error
        if fresh != page:
            stale.append(path)
            if write:
                path.write_text(fresh)
    return stale
