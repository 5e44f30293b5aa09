"""Whose certificates a source's is to go back to."""

from __future__ import annotations

import ssl


def trusting(ca: str | None) -> ssl.SSLContext:
    """`ca` is PEM, with comments in any script; None is who is publicly trusted.

    Raises ssl.SSLError if there is no certificate in it.
    """
    plain = None if ca is None else ca.encode("ascii", "replace").decode()
    return ssl.create_default_context(cadata=plain)
