"""The `Link` header (RFC 8288), as far as it says where the next page is."""

from __future__ import annotations

import re

from lambdas.ingest.rest.urls import joined

LINK = re.compile(
    r'\s*,?\s*<([^<>]*)>((?:\s*;\s*[\w*!.^`|~-]+(?:\s*=\s*(?:"(?:\\.|[^"\\])*"|[^\s",;]+))?)*)'
)
PARAMETER = re.compile(r';\s*([\w*!.^`|~-]+)(?:\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s",;]+)))?')


def next_link(header: str, url: str) -> str | None:
    """Where the page after that at `url` is; None if the header names none.

    A link from somewhere else than the page, one with `anchor`, is not the page's. Raises
    RefusedError for one that is no address.
    """
    at = 0
    while found := LINK.match(header, at):
        at = found.end()
        said: dict[str, str] = {}
        for name, inside, bare in PARAMETER.findall(found[2]):
            said.setdefault(name.lower(), inside or bare)
        if "anchor" not in said and "next" in said.get("rel", "").lower().split():
            return joined(url, found[1])
    return None
